namespace FineTuneWorkflows.Tracking.Mlflow.Entities;

/// <summary>A run's latest metrics, parameters and tags.</summary>
/// <param name="Metrics">The latest value of each metric.</param>
/// <param name="Params">Its parameters.</param>
/// <param name="Tags">Its tags.</param>
public sealed record MlflowRunData(
    IReadOnlyList<MlflowMetric>? Metrics = null,
    IReadOnlyList<MlflowParam>? Params = null,
    IReadOnlyList<MlflowTag>? Tags = null);
