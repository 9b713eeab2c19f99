namespace FineTuneWorkflows.Tracking.Mlflow.Entities;

/// <summary>A logged model that a run read.</summary>
/// <param name="ModelId">The model's id.</param>
public sealed record MlflowModelInput(string ModelId);
