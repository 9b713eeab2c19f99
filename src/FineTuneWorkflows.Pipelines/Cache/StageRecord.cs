using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Fingerprints;

namespace FineTuneWorkflows.Pipelines.Cache;

/// <summary>What a fingerprint produced, from what, how long it took, with which versions: an entry of the run cache.</summary>
/// <param name="Fingerprint">The fingerprint.</param>
/// <param name="Document">What it was taken of.</param>
/// <param name="Artifacts">Digests of what the stage made, by name.</param>
/// <param name="Metrics">The last value of each metric.</param>
/// <param name="Tags">The tags it set.</param>
/// <param name="Seconds">How long the stage took.</param>
/// <param name="RunId">The run that executed it.</param>
/// <param name="Finished">When.</param>
/// <param name="Engine">The engine's version.</param>
/// <param name="Platform">Operating system, processor and runtime.</param>
public sealed record StageRecord(
    string Fingerprint,
    FingerprintDocument Document,
    IReadOnlyDictionary<string, string> Artifacts,
    IReadOnlyDictionary<string, double> Metrics,
    IReadOnlyDictionary<string, string> Tags,
    double Seconds,
    string RunId,
    DateTimeOffset Finished,
    string Engine,
    string Platform)
{
    /// <summary>The data sets that it used. Default: none.</summary>
    // The serializer sets what is missing in a file to null.
    public IReadOnlyList<UsedDataset> Datasets { get => field ?? []; init; }
}
