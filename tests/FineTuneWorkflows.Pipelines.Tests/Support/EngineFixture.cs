using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Journals;

namespace FineTuneWorkflows.Pipelines.Tests.Support;

/// <summary>An engine over a home of a test's own.</summary>
public sealed class EngineFixture : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public EngineFixture() => Source = folder.File("text.txt", "hello");

    public string Source { get; }

    public string Folder => folder.Path;

    public Probe Probe { get; } = new();

    public Home Home => Home.Open(Path.Combine(folder.Path, "home"));

    public string WriteFile(string name, string content) => folder.File(name, content);

    /// <summary>Runs as a new process would: with nothing remembered in memory.</summary>
    public async Task<RunResult> RunAsync(Pipeline pipeline, RunOptions? options = null, CancellationToken cancellationToken = default, params IRunObserver[] observers)
    {
        Probe.Executed.Clear();
        using var engine = Engine.Open(Home, Probe);
        return await engine.Runner.RunAsync(pipeline, options ?? new(), observers, cancellationToken);
    }

    public async Task<IReadOnlyList<PlannedStage>> PlanAsync(Pipeline pipeline, RunOptions? options = null)
    {
        using var engine = Engine.Open(Home, Probe);
        return await engine.Runner.PlanAsync(pipeline, options ?? new());
    }

    public void Dispose() => folder.Dispose();
}

internal static class RunResultAssertions
{
    public static string Outcomes(this RunResult result) => string.Join(" ", result.Stages.Select(s => $"{s.Stage.Name}:{s.Result.Outcome.Name()}"));

    public static StageResult Of(this RunResult result, string stage) => result.Stages.Single(s => s.Stage.Name == stage).Result;
}
