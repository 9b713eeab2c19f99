namespace FineTuneWorkflows.Tracking.Events;

/// <summary>
/// A run read a data set. The same name and digest with a second context is kept as <c>NAME (CONTEXT)</c>, because a server tells the data
/// sets of a run apart by name and digest only.
/// </summary>
/// <param name="RunId">The run's local id.</param>
/// <param name="Name">What people call the data set.</param>
/// <param name="Digest">The digest of its bytes, in full.</param>
/// <param name="Source">Where it came from: a path or an address, without credentials.</param>
/// <param name="Context">What it was used for: <c>training</c>, <c>validation</c>, <c>testing</c>.</param>
/// <param name="SourceType">The kind of source, in MLflow's words: <c>local</c>, <c>http</c>, <c>s3</c>, <c>code</c>.</param>
/// <param name="Profile">Counts and the like, as JSON; null for none.</param>
/// <param name="Schema">Its columns, as MLflow's JSON; null where they are not known.</param>
public sealed record DatasetUsed(
    string RunId, string Name, string Digest, string Source, string Context, string SourceType = "local", string? Profile = null, string? Schema = null)
    : TrackingEvent(RunId);
