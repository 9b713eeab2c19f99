using System.Text.Json;
using FineTuneWorkflows.Foundation.Files;

namespace FineTuneWorkflows.Pipelines.Journals;

/// <summary>What came of a run: the object that <c>finetune run --json</c> prints.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Stages">The stages, in an order in which they can run.</param>
/// <param name="Metrics">The last value of every metric of the stages that were executed or up to date.</param>
public sealed record RunSummary(string RunId, string Status, IReadOnlyList<RunSummary.Stage> Stages, IReadOnlyDictionary<string, double> Metrics)
{
    /// <summary>What is to be known of the pipeline, such as a trigger that is ignored here; null for nothing.</summary>
    public IReadOnlyList<string>? Notes { get; init; }

    /// <summary>The summary's name in the run's folder.</summary>
    public const string FileName = "summary.json";

    /// <summary>The summary as one line of JSON. A metric that is no number is the text <c>NaN</c>, <c>Infinity</c> or <c>-Infinity</c>.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, RunJson.Default.RunSummary);

    internal void Save(Homes.Home home) => DurableFile.Write(
        Path.Combine(home.Runs, RunId, FileName), JsonSerializer.SerializeToUtf8Bytes(this, RunJson.Default.RunSummary), flush: false);

    /// <summary>One stage of a summary.</summary>
    /// <param name="Id">Its name in the definition.</param>
    /// <param name="Type">Its activity type.</param>
    /// <param name="Outcome">executed, up-to-date, failed, skipped or cancelled.</param>
    /// <param name="Seconds">How long it took.</param>
    /// <param name="Reason">Why so.</param>
    /// <param name="Artifacts">Digests of what it made, by name.</param>
    /// <param name="Notes">What it told its user while it was executed, in order; null for nothing.</param>
    public sealed record Stage(
        string Id, string Type, string Outcome, double Seconds, string Reason, IReadOnlyDictionary<string, string> Artifacts, IReadOnlyList<string>? Notes = null);
}
