namespace FineTuneWorkflows.Tracking.Events;

/// <summary>Metrics of a run, any number of them.</summary>
/// <param name="RunId">The run's local id.</param>
/// <param name="Metrics">The values, in the order they were logged.</param>
/// <param name="Repeated">
/// Whether these may have been logged before: a stage that was interrupted goes on from a point before its last one. Of a curve the points that are there stay and the repeated ones are left out; of a
/// metric with one point a repeated value is left out, another one counts. Default: false.
/// </param>
public sealed record MetricsLogged(string RunId, IReadOnlyList<MetricPoint> Metrics, bool Repeated = false) : TrackingEvent(RunId);
