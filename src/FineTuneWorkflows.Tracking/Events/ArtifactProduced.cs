namespace FineTuneWorkflows.Tracking.Events;

/// <summary>A run made a file or folder that its history keeps beside it.</summary>
/// <param name="RunId">The run's local id.</param>
/// <param name="Path">Where it belongs among the run's artifacts: relative, with <c>/</c>; an empty path for a folder means their root.</param>
/// <param name="LocalPath">The file or folder here. It must stay until it was delivered.</param>
/// <param name="Digest">The digest of its bytes; null where none is known.</param>
public sealed record ArtifactProduced(string RunId, string Path, string LocalPath, string? Digest = null) : TrackingEvent(RunId);
