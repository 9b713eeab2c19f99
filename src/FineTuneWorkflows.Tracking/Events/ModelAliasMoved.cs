namespace FineTuneWorkflows.Tracking.Events;

/// <summary>An alias of a registered model points to another version now. It comes after that version's <see cref="ModelRegistered"/>.</summary>
/// <param name="RunId">The local id of the run that made the version.</param>
/// <param name="Name">The registered model's name.</param>
/// <param name="Alias">The alias, such as <c>champion</c>.</param>
/// <param name="Version">The version's number here.</param>
/// <param name="Digest">The digest of that version's model artifact.</param>
public sealed record ModelAliasMoved(string RunId, string Name, string Alias, int Version, string Digest) : TrackingEvent(RunId);
