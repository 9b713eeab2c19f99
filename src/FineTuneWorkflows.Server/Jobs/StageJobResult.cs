using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Execution;

namespace FineTuneWorkflows.Server.Jobs;

/// <summary>What came of a stage job, as the tables and the workflow instance keep it.</summary>
/// <param name="Outcome">How it went.</param>
/// <param name="Reason">Why, in words; for a failure the message that a user reads.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Condition">The value of the stage's parameter Condition.</param>
/// <param name="ContinueOnError">The value of the stage's parameter ContinueOnError.</param>
/// <param name="Fingerprint">The fingerprint, or null where it did not come so far.</param>
/// <param name="MadeByRun">The run that executed it.</param>
/// <param name="Artifacts">Digests of what it made, by name.</param>
/// <param name="Metrics">The last value of each metric.</param>
/// <param name="Tags">The tags it set.</param>
public sealed record StageJobResult(
    StageOutcome Outcome,
    string Reason,
    double Seconds,
    bool Condition,
    bool ContinueOnError,
    string? Fingerprint,
    string? MadeByRun,
    IReadOnlyDictionary<string, string> Artifacts,
    IReadOnlyDictionary<string, double> Metrics,
    IReadOnlyDictionary<string, string> Tags)
{
    /// <summary>Makes one of what the stage engine says.</summary>
    public static StageJobResult Of(StageResult result, Pipelines.Contract.Stage stage) => new(
        result.Outcome, result.Reason, Math.Round(result.Seconds, 3), stage.Condition, stage.ContinueOnError, result.Fingerprint, result.MadeByRun,
        result.Artifacts.ToDictionary(a => a.Key, a => a.Value.Digest), result.Metrics, result.Tags);

    /// <summary>Makes one of a stage that did not run.</summary>
    public static StageJobResult Without(StageOutcome outcome, string reason, bool condition, bool continueOnError) => new(
        outcome, reason, 0, condition, continueOnError, null, null, new Dictionary<string, string>(), new Dictionary<string, double>(), new Dictionary<string, string>());
}
