using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Contract.Events;


namespace FineTuneWorkflows.Pipelines.Execution;

/// <summary>How it went for one stage.</summary>
/// <param name="Outcome">How.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="Seconds">How long it took.</param>
public sealed record StageResult(StageOutcome Outcome, string Reason, double Seconds = 0)
{
    private static readonly Dictionary<string, Artifact> NoArtifacts = [];

    /// <summary>The fingerprint, or null where it did not come so far.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>What the stage made, by name.</summary>
    public IReadOnlyDictionary<string, Artifact> Artifacts { get; init; } = NoArtifacts;

    /// <summary>The digests of what the stage made, by name.</summary>
    public IReadOnlyDictionary<string, string> Digests()
    {
        var digests = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, artifact) in Artifacts)
            digests[name] = artifact.Digest;
        return digests;
    }

    /// <summary>The last value of each metric.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>The tags it set.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>The run that executed it.</summary>
    public string? MadeByRun { get; init; }

    /// <summary>What it told its user in this run, in order.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What was thrown, where it failed.</summary>
    public Exception? Error { get; init; }

    internal Contract.Events.StageFinished Event(DateTimeOffset now, string stage, string type) => new(
        now, stage, type, Outcome, Reason, Math.Round(Seconds, 3), Fingerprint, Digests(), Metrics, Tags, MadeByRun,
        Outcome == StageOutcome.Failed ? Error?.ToString() : null);
}
