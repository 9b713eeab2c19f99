namespace FineTuneWorkflows.Tracking.Registry;

/// <summary>What is registered as a version of a model.</summary>
/// <param name="Name">The registered model; made on its first version. The rules are MLflow's: not empty, no <c>/</c> and no <c>:</c>.</param>
/// <param name="Digest">The digest of the model artifact.</param>
/// <param name="RunId">The local id of the run that made it; need not be known to the store.</param>
/// <param name="Metrics">Its metrics, which gates compare.</param>
/// <param name="DataDigests">The digests of the data that it was trained and tested on.</param>
/// <param name="Description">For people; null for none.</param>
public sealed record ModelVersionDraft(
    string Name,
    string Digest,
    string RunId,
    IReadOnlyDictionary<string, double> Metrics,
    IReadOnlyList<string> DataDigests,
    string? Description = null);
