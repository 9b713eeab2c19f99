namespace FineTuneWorkflows.Tracking.Mlflow.Entities;

/// <summary>One value of a metric.</summary>
/// <param name="Key">Its name, at most 250 characters.</param>
/// <param name="Value">The value. The server keeps NaN and turns infinities into the largest doubles.</param>
/// <param name="Timestamp">When it was measured, in Unix milliseconds; not negative.</param>
/// <param name="Step">Its step, of any sign.</param>
/// <param name="ModelId">The logged model it speaks of.</param>
/// <param name="DatasetName">The data set it was measured on.</param>
/// <param name="DatasetDigest">That data set's digest.</param>
/// <param name="RunId">The run it belongs to, where the server says so.</param>
public sealed record MlflowMetric(
    string Key,
    double Value,
    long Timestamp,
    long Step = 0,
    string? ModelId = null,
    string? DatasetName = null,
    string? DatasetDigest = null,
    string? RunId = null);
