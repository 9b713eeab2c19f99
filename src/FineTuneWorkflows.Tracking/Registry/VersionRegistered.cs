namespace FineTuneWorkflows.Tracking.Registry;

/// <summary>A version was registered.</summary>
/// <param name="Time">When.</param>
/// <param name="Name">The registered model.</param>
/// <param name="Version">1 for the first, then 2, 3, ...</param>
/// <param name="Digest">The digest of the model artifact.</param>
/// <param name="RunId">The local id of the run that made it.</param>
/// <param name="Metrics">Its metrics, by key.</param>
/// <param name="DataDigests">The digests of its data.</param>
/// <param name="Description">For people; null for none.</param>
public sealed record VersionRegistered(
    DateTimeOffset Time,
    string Name,
    int Version,
    string Digest,
    string RunId,
    IReadOnlyDictionary<string, double> Metrics,
    IReadOnlyList<string> DataDigests,
    string? Description = null) : RegistryEntry(Time, Name);
