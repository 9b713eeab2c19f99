using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Pipelines.Journals;

namespace FineTuneWorkflows.Pipelines.Execution;

/// <summary>What came of a run.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Stages">The stages and their results, in the pipeline's order.</param>
public sealed record RunResult(string RunId, RunStatus Status, IReadOnlyList<(PipelineStage Stage, StageResult Result)> Stages)
{
    /// <summary>The last value of every metric of the stages that were executed or up to date.</summary>
    public SortedDictionary<string, double> Metrics()
    {
        var metrics = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var (_, result) in Stages)
            foreach (var (key, value) in result.Metrics)
                metrics[key] = value;
        return metrics;
    }

    /// <summary>The tags of all stages.</summary>
    public SortedDictionary<string, string> Tags()
    {
        var tags = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (_, result) in Stages)
            foreach (var (key, value) in result.Tags)
                tags[key] = value;
        return tags;
    }

    /// <summary>The object that <c>--json</c> prints and <c>summary.json</c> keeps.</summary>
    public RunSummary Summary() => new(
        RunId,
        Status.Name(),
        [.. Stages.Select(s => new RunSummary.Stage(
            s.Stage.Name, s.Stage.Descriptor.Type, s.Result.Outcome.Name(), Math.Round(s.Result.Seconds, 3), s.Result.Reason,
            s.Result.Artifacts.ToDictionary(a => a.Key, a => a.Value.Digest)))],
        Metrics());
}
