namespace FineTuneWorkflows.Tracking.Events;

/// <summary>One value of a metric.</summary>
/// <param name="Key">Its name, such as <c>train/loss</c>.</param>
/// <param name="Value">The value; NaN and the infinities are kept.</param>
/// <param name="Step">The step it belongs to; any sign.</param>
/// <param name="Time">When it was measured; kept to the millisecond, in UTC, as MLflow does.</param>
public readonly record struct MetricPoint(string Key, double Value, long Step, DateTimeOffset Time);
