namespace FineTuneWorkflows.Tracking.Mlflow.Entities;

/// <summary>A logged model's parameters and metrics.</summary>
/// <param name="Params">Its parameters.</param>
/// <param name="Metrics">Metrics that were logged with its id.</param>
public sealed record MlflowLoggedModelData(IReadOnlyList<MlflowParam>? Params = null, IReadOnlyList<MlflowMetric>? Metrics = null);
