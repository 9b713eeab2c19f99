namespace FineTuneWorkflows.Tracking.Mlflow.Entities;

/// <summary>A logged model that a run made.</summary>
/// <param name="ModelId">The model's id.</param>
/// <param name="Step">The training step at which it was taken.</param>
public sealed record MlflowModelOutput(string ModelId, long Step = 0);
