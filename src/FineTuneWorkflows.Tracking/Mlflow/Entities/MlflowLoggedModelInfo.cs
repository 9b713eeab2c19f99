namespace FineTuneWorkflows.Tracking.Mlflow.Entities;

/// <summary>A logged model's ids, place and status.</summary>
/// <param name="ModelId"><c>m-</c> and 32 hexadecimal digits.</param>
/// <param name="ExperimentId">Its experiment.</param>
/// <param name="Name">What people call it.</param>
/// <param name="ArtifactUri">Where its files are.</param>
/// <param name="Status"><c>LOGGED_MODEL_PENDING</c>, <c>LOGGED_MODEL_READY</c> or <c>LOGGED_MODEL_UPLOAD_FAILED</c>.</param>
/// <param name="ModelType">Free text.</param>
/// <param name="SourceRunId">The run that made it.</param>
/// <param name="CreationTimestampMs">When it was made, in Unix milliseconds.</param>
/// <param name="LastUpdatedTimestampMs">When it was last changed, in Unix milliseconds.</param>
/// <param name="Tags">Its tags.</param>
public sealed record MlflowLoggedModelInfo(
    string ModelId,
    string ExperimentId,
    string Name,
    string? ArtifactUri = null,
    string? Status = null,
    string? ModelType = null,
    string? SourceRunId = null,
    long? CreationTimestampMs = null,
    long? LastUpdatedTimestampMs = null,
    IReadOnlyList<MlflowTag>? Tags = null);
