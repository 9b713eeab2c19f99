namespace FineTuneWorkflows.Tracking.Events;

/// <summary>
/// A logged model became a version in the registry. It comes after the <see cref="ModelLogged"/> with the same digest. The server counts
/// versions by itself; the local number travels along as a tag.
/// </summary>
/// <param name="RunId">The local id of the run that made the model.</param>
/// <param name="Name">The registered model's name.</param>
/// <param name="Version">The version's number here.</param>
/// <param name="Digest">The digest of the model artifact.</param>
/// <param name="Description">For people; null for none.</param>
/// <param name="Tags">Tags of the version, such as digests of its data and its metrics.</param>
/// <param name="About">What the registered model is, for people, where the server has no description of it; null for nothing.</param>
public sealed record ModelRegistered(
    string RunId, string Name, int Version, string Digest, string? Description = null, IReadOnlyList<KeyValuePair<string, string>>? Tags = null,
    string? About = null)
    : TrackingEvent(RunId);
