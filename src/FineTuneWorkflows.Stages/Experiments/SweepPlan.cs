using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Graphs;

namespace FineTuneWorkflows.Stages.Experiments;

/// <summary>What a sweep tries, and what it chooses by.</summary>
/// <param name="Candidates">The combinations of values to compare.</param>
/// <param name="Repeats">The values that each is repeated with; one empty combination where it is not repeated.</param>
/// <param name="Metric">The metric to choose by.</param>
/// <param name="Minimize">Whether the least value of it is the best.</param>
/// <param name="Read">The pipeline with such values: as far as a trial goes, or the whole of it.</param>
public sealed record SweepPlan(
    IReadOnlyList<Candidate> Candidates,
    IReadOnlyList<IReadOnlyList<KeyValuePair<string, string>>> Repeats,
    string Metric,
    bool Minimize,
    Func<IEnumerable<KeyValuePair<string, string>>, bool, Pipeline> Read)
{
    /// <summary>What the sweep is called, and what is said of it. Default: nothing.</summary>
    public RunLabels Labels { get; init; } = RunLabels.None;

    /// <summary>One run of a sweep.</summary>
    /// <param name="Candidate">Whose it is.</param>
    /// <param name="Values">The values of its properties.</param>
    public sealed record Trial(Candidate Candidate, IReadOnlyList<KeyValuePair<string, string>> Values);

    /// <summary>All runs, repetitions of one candidate beside each other.</summary>
    public IEnumerable<Trial> Trials() => Candidates.SelectMany(c => Repeats.Select(r => new Trial(c, [.. c.Values, .. r])));

    /// <summary>Reads every trial's pipeline.</summary>
    /// <exception cref="FineTuneWorkflows.Pipelines.Definitions.DefinitionException">A value is wrong.</exception>
    public void Check()
    {
        foreach (var trial in Trials())
            Read(trial.Values, true);
    }

    /// <summary>The candidates that have a score, the best first.</summary>
    public IReadOnlyList<Candidate> Ranking() =>
        [.. Candidates.Where(c => double.IsFinite(c.Mean)).OrderBy(c => Minimize ? c.Mean : -c.Mean)];
}
