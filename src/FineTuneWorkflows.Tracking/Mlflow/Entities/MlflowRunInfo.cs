using System.Text.Json.Serialization;

namespace FineTuneWorkflows.Tracking.Mlflow.Entities;

/// <summary>A run's ids, times and status.</summary>
/// <param name="RunId">Its id on the server.</param>
/// <param name="ExperimentId">Its experiment.</param>
/// <param name="RunName">What people call it.</param>
/// <param name="UserId">Who started it; newer servers use the tag <c>mlflow.user</c>.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="StartTime">When it started, in Unix milliseconds.</param>
/// <param name="EndTime">When it ended, in Unix milliseconds; a resumed run keeps its old one.</param>
/// <param name="ArtifactUri">Where its artifacts are.</param>
/// <param name="LifecycleStage"><c>active</c> or <c>deleted</c>.</param>
public sealed record MlflowRunInfo(
    [property: JsonRequired] string RunId,
    string ExperimentId,
    string? RunName = null,
    string? UserId = null,
    MlflowRunStatus Status = MlflowRunStatus.Running,
    long? StartTime = null,
    long? EndTime = null,
    string? ArtifactUri = null,
    string? LifecycleStage = null);
