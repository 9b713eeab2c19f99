using System.Text.Json.Serialization;

namespace FineTuneWorkflows.Tracking.Mlflow.Entities;

/// <summary>A model in the registry.</summary>
/// <param name="Name">Its name, unique on the server.</param>
/// <param name="CreationTimestamp">When it was made, in Unix milliseconds.</param>
/// <param name="LastUpdatedTimestamp">When it was last changed, in Unix milliseconds.</param>
/// <param name="Description">For people.</param>
/// <param name="LatestVersions">The latest version of each of the old stages.</param>
/// <param name="Tags">Its tags.</param>
/// <param name="Aliases">Its aliases.</param>
public sealed record MlflowRegisteredModel(
    [property: JsonRequired] string Name,
    long? CreationTimestamp = null,
    long? LastUpdatedTimestamp = null,
    string? Description = null,
    IReadOnlyList<MlflowModelVersion>? LatestVersions = null,
    IReadOnlyList<MlflowTag>? Tags = null,
    IReadOnlyList<MlflowModelAlias>? Aliases = null);
