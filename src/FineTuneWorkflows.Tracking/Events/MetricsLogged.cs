namespace FineTuneWorkflows.Tracking.Events;

/// <summary>Values of metrics, in the order they were measured.</summary>
/// <param name="RunId">The run's local id.</param>
/// <param name="Metrics">The values; any number of them.</param>
public sealed record MetricsLogged(string RunId, IReadOnlyList<MetricPoint> Metrics) : TrackingEvent(RunId);
