namespace FineTuneWorkflows.Tracking.Mlflow.Entities;

/// <summary>A logged model: a model that a run made, with a page, metrics and artifacts of its own.</summary>
/// <param name="Info">Its ids, place and status.</param>
/// <param name="Data">Parameters and metrics; null for none.</param>
public sealed record MlflowLoggedModel(MlflowLoggedModelInfo Info, MlflowLoggedModelData? Data = null);
