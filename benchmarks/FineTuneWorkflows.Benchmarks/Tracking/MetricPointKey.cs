namespace FineTuneWorkflows.Benchmarks.Tracking;

/// <summary>One value of a metric as a server tells it from others: an exact copy of it is no second value.</summary>
/// <param name="Key">The metric.</param>
/// <param name="Step">Its step.</param>
/// <param name="Time">When it was measured, in Unix milliseconds.</param>
/// <param name="Value">The value.</param>
internal readonly record struct MetricPointKey(string Key, long Step, long Time, double Value);
