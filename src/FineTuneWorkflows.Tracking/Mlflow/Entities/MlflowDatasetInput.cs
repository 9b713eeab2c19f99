namespace FineTuneWorkflows.Tracking.Mlflow.Entities;

/// <summary>A data set that a run read, with tags; <c>mlflow.data.context</c> says for what.</summary>
/// <param name="Dataset">The data set.</param>
/// <param name="Tags">Keys of at most 255 and values of at most 500 characters.</param>
public sealed record MlflowDatasetInput(MlflowDataset Dataset, IReadOnlyList<MlflowTag>? Tags = null);
