namespace FineTuneWorkflows.Tracking.Mlflow.Entities;

/// <summary>What a run read.</summary>
/// <param name="DatasetInputs">The data sets.</param>
/// <param name="ModelInputs">The logged models.</param>
public sealed record MlflowRunInputs(IReadOnlyList<MlflowDatasetInput>? DatasetInputs = null, IReadOnlyList<MlflowModelInput>? ModelInputs = null);
