namespace FineTuneWorkflows.Tracking.Registry;

/// <summary>A version of a registered model.</summary>
/// <param name="Name">The registered model.</param>
/// <param name="Version">1 for the first, then 2, 3, ...</param>
/// <param name="Digest">The digest of the model artifact.</param>
/// <param name="RunId">The local id of the run that made it.</param>
/// <param name="Description">For people; null for none.</param>
/// <param name="Created">When it was registered.</param>
/// <param name="Metrics">Its metrics, by key.</param>
/// <param name="DataDigests">The digests of its data, sorted.</param>
/// <param name="Aliases">The aliases that point to it, sorted.</param>
public sealed record ModelVersion(
    string Name,
    int Version,
    string Digest,
    string RunId,
    string? Description,
    DateTimeOffset Created,
    IReadOnlyDictionary<string, double> Metrics,
    IReadOnlyList<string> DataDigests,
    IReadOnlyList<string> Aliases);
