using FineTuneWorkflows.Pipelines.Contract.Events;

namespace FineTuneWorkflows.Pipelines.Journals;

/// <summary>All that is known of a run.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Pipeline">The definition's id.</param>
/// <param name="Name">What it is called: the definition's name where its user gave it none.</param>
/// <param name="Definition">The definition's file, or null.</param>
/// <param name="Engine">The version of the engine that began it.</param>
/// <param name="State">How it stands.</param>
/// <param name="Started">When it began.</param>
/// <param name="LastEvent">When something was last heard of it.</param>
/// <param name="Attempts">How many processes worked on it, from 1.</param>
/// <param name="Properties">The properties' values, as texts; with what was given for parameters of stages, by <c>Stage.Parameter</c>.</param>
/// <param name="Stages">Its stages, in the order in which they began.</param>
/// <param name="Series">Metrics that have values at several steps.</param>
/// <param name="Notes">What its stages told their user, each beginning with the stage's name.</param>
public sealed record RunDetails(
    string RunId,
    string Pipeline,
    string Name,
    string? Definition,
    string Engine,
    RunState State,
    DateTimeOffset Started,
    DateTimeOffset LastEvent,
    int Attempts,
    IReadOnlyDictionary<string, string> Properties,
    IReadOnlyList<RunDetails.Stage> Stages,
    IReadOnlyDictionary<string, MetricSeries> Series,
    IReadOnlyList<string> Notes)
{
    /// <summary>From its beginning to what was last heard of it, pauses between attempts included.</summary>
    public TimeSpan Duration => LastEvent - Started;

    /// <summary>The run that it is a part of, such as the sweep that a trial belongs to; null for none.</summary>
    public string? Parent { get; init; }

    /// <summary>What is said of the run as a whole, such as the commit it ran from, and the tags that its user gave it.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>The last value of what was measured of the run as a whole, such as how busy the machine was.</summary>
    public IReadOnlyDictionary<string, double> RunMetrics { get; init; } = new Dictionary<string, double>();

    /// <summary>The last value of every metric, of the stages and of the run as a whole.</summary>
    public SortedDictionary<string, double> Metrics()
    {
        var metrics = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var (key, value) in Stages.SelectMany(s => s.Metrics).Concat(RunMetrics))
            metrics[key] = value;
        return metrics;
    }

    /// <summary>One stage of a run.</summary>
    /// <param name="Id">Its name in the definition.</param>
    /// <param name="Type">Its activity type.</param>
    /// <param name="Outcome">How it went; null where it did not come to an end.</param>
    /// <param name="Reason">Why it ran, or why not.</param>
    /// <param name="Seconds">How long it took.</param>
    /// <param name="MadeByRun">The run that executed it, where that is known.</param>
    /// <param name="Parameters">
    /// Its parameters as texts, secrets as their references. Of a stage that was up to date, those that affect the result; none where its record is no longer in the cache.
    /// </param>
    /// <param name="Artifacts">Digests of what it made, by name.</param>
    /// <param name="Metrics">The last value of each of its metrics.</param>
    /// <param name="Tags">Its tags.</param>
    public sealed record Stage(
        string Id,
        string Type,
        StageOutcome? Outcome,
        string Reason,
        double Seconds,
        string? MadeByRun,
        IReadOnlyDictionary<string, string> Parameters,
        IReadOnlyDictionary<string, string> Artifacts,
        IReadOnlyDictionary<string, double> Metrics,
        IReadOnlyDictionary<string, string> Tags);
}
