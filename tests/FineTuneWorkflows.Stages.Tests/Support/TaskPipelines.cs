using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Execution;

namespace FineTuneWorkflows.Stages.Tests.Support;

/// <summary>Pipelines from data to an evaluated model that are trained in seconds.</summary>
internal static class TaskPipelines
{
    public static async Task<RunResult> LearnAsync(this Workspace workspace, string data, object tokenize, object train, object? fetch = null, object? evaluate = null) =>
        await workspace.SucceedAsync(
            ("Fetch", "FineTune.FetchData", fetch ?? new { source = data }),
            ("Tokenize", "FineTune.Tokenize", tokenize),
            ("FineTune", "FineTune.FineTune", train),
            ("Evaluate", "FineTune.Evaluate", evaluate ?? new { baseline = "NaiveBayes", threads = 1, device = "cpu" }));

    public static async Task<RunResult> SucceedAsync(this Workspace workspace, params (string Name, string Type, object Settings)[] stages)
    {
        var result = await workspace.RunAsync(workspace.Chain(stages));
        Assert.True(result.Status == RunStatus.Succeeded, string.Join("; ", result.Stages.Select(s => $"{s.Stage.Name}: {s.Result.Reason}")));
        return result;
    }

    public static string Model(this RunResult result) => result.Of("FineTune").Artifacts["model"].Path;

    public static string Evaluation(this RunResult result, string file) => File.ReadAllText(Path.Combine(result.Of("Evaluate").Artifacts["evaluation"].Path, file));
}
