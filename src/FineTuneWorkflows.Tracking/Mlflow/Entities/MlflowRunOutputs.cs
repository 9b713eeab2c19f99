namespace FineTuneWorkflows.Tracking.Mlflow.Entities;

/// <summary>What a run made.</summary>
/// <param name="ModelOutputs">The logged models.</param>
public sealed record MlflowRunOutputs(IReadOnlyList<MlflowModelOutput>? ModelOutputs = null);
