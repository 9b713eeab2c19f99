using System.Text.Json.Serialization;

namespace FineTuneWorkflows.Tracking.Mlflow.Entities;

/// <summary>An experiment: the folder that runs lie in.</summary>
/// <param name="ExperimentId">Its id on the server.</param>
/// <param name="Name">Its name, unique on the server.</param>
/// <param name="ArtifactLocation">Where the artifacts of its runs go unless they say otherwise.</param>
/// <param name="LifecycleStage"><c>active</c> or <c>deleted</c>.</param>
/// <param name="CreationTime">When it was made, in Unix milliseconds.</param>
/// <param name="LastUpdateTime">When it was last changed, in Unix milliseconds.</param>
/// <param name="Tags">Its tags; null for none.</param>
public sealed record MlflowExperiment(
    [property: JsonRequired] string ExperimentId,
    string Name,
    string? ArtifactLocation = null,
    string? LifecycleStage = null,
    long? CreationTime = null,
    long? LastUpdateTime = null,
    IReadOnlyList<MlflowTag>? Tags = null);
