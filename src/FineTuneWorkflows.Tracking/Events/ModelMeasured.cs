namespace FineTuneWorkflows.Tracking.Events;

/// <summary>
/// Metrics of the run speak of a model: shown on the model's page too, linked to the data set they were measured on. The model may have been made by an earlier run; a server that does not know it
/// shows them with the run alone.
/// </summary>
/// <param name="RunId">The local id of the run that measured.</param>
/// <param name="Digest">The digest of the model artifact.</param>
/// <param name="Metrics">The values, with step and time as in <see cref="MetricsLogged"/>: a server then knows that they are the same.</param>
/// <param name="DatasetName">The data set's name, as in <see cref="DatasetUsed"/>; null where it is not known.</param>
/// <param name="DatasetDigest">The data set's digest, in full.</param>
public sealed record ModelMeasured(
    string RunId, string Digest, IReadOnlyList<MetricPoint> Metrics, string? DatasetName = null, string? DatasetDigest = null) : TrackingEvent(RunId);
