using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Pipelines.Journals;

namespace FineTuneWorkflows.Pipelines.Execution;

/// <summary>What came of a run.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Stages">The stages and their results, in the pipeline's order.</param>
public sealed record RunResult(string RunId, RunStatus Status, IReadOnlyList<(PipelineStage Stage, StageResult Result)> Stages)
{
    /// <summary>The last value of every metric of the stages that were executed or up to date, in ordinal order of their names.</summary>
    public IReadOnlyDictionary<string, double> Metrics() => Merged(result => result.Metrics);

    /// <summary>The tags of all stages, in ordinal order of their names.</summary>
    public IReadOnlyDictionary<string, string> Tags() => Merged(result => result.Tags);

    /// <summary>The object that <c>--json</c> prints and <c>summary.json</c> keeps.</summary>
    public RunSummary Summary() => new(
        RunId,
        Status.Name(),
        [.. Stages.Select(s => new RunSummary.Stage(
            s.Stage.Name, s.Stage.Descriptor.Type, s.Result.Outcome.Name(), Math.Round(s.Result.Seconds, 3), s.Result.Reason,
            s.Result.Digests(), s.Result.Notes.Count > 0 ? s.Result.Notes : null))],
        Metrics());

    // Not a sorted dictionary: its code for numbers is compiled in no assembly of the framework, and compiling it takes longer than sorting a few names.
    private Dictionary<string, T> Merged<T>(Func<StageResult, IReadOnlyDictionary<string, T>> of)
    {
        var last = new Dictionary<string, T>(StringComparer.Ordinal);
        var names = new List<string>();
        foreach (var (_, result) in Stages)
            foreach (var pair in of(result))
            {
                if (!last.ContainsKey(pair.Key))
                    names.Add(pair.Key);
                last[pair.Key] = pair.Value;
            }

        names.Sort(StringComparer.Ordinal);
        var merged = new Dictionary<string, T>(names.Count, StringComparer.Ordinal);
        foreach (var name in names)
            if (last.TryGetValue(name, out var value))
                merged[name] = value;
        return merged;
    }
}
