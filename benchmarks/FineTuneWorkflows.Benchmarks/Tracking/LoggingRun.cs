using FineTuneWorkflows.Benchmarks.Harness;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Definitions;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Journals;
using FineTuneWorkflows.Stages;
using FineTuneWorkflows.Stages.Tracking;
using FineTuneWorkflows.Tracking.Mlflow;

namespace FineTuneWorkflows.Benchmarks.Tracking;

/// <summary>A run of one stage that logs, tracked in the way that the command tracks its runs.</summary>
internal static class LoggingRun
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Runs to the end.</summary>
    /// <param name="folder">The home.</param>
    /// <param name="server">Where to deliver to; null to record only.</param>
    /// <param name="work">What the stage does.</param>
    /// <param name="patience">How long the end waits for the last deliveries. Default: as long as a measurement may take.</param>
    /// <exception cref="BenchmarkException">The run did not succeed, or not all was delivered within that time.</exception>
    public static async Task RunAsync(string folder, MlflowOptions? server, Func<StageContext, CancellationToken, Task> work, TimeSpan? patience = null)
    {
        var home = Home.Open(folder);
        using var services = new StageServices(home);
        using var engine = Engine.Open(home, new LoggingWork(services, work));
        var said = new List<string>();
        IRunObserver observer = server is null ? TrackingRecorder.For(home, services, said.Add) : new TrackingSession(home, services, new TrackingConnection(home, server, said.Add, patience ?? Patience), said.Add);
        RunResult result;
        await using ((IAsyncDisposable)observer)
            result = await engine.Runner.RunAsync(Build(), new(), [observer], CancellationToken.None);
        if (result.Status != RunStatus.Succeeded)
            throw new BenchmarkException($"the run {result.Status}: {result.Stages[0].Result.Reason}");
        if (said.Count > 0 && patience is null)
            throw new BenchmarkException(string.Join("; ", said));
    }

    private static Pipeline Build()
    {
        var definition = DefinitionReader.Read("""{"definitionId":"logging","name":"Logging","root":{"type":"Elsa.Flowchart","id":"root","activities":[{"id":"Log","type":"Benchmark.Log","version":1}],"connections":[]}}"""u8.ToArray(), "logging.json", ".");
        return PipelineBuilder.Build(definition, new StageCatalog(typeof(LoggingStage)), PropertyValues.Bind(definition, [], "."));
    }
}
