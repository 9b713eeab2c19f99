using System.Text.Json.Serialization;

namespace FineTuneWorkflows.Tracking.Mlflow.Entities;

/// <summary>A version of a registered model.</summary>
/// <param name="Name">The registered model.</param>
/// <param name="Version">Its number, as text.</param>
/// <param name="Source">Where its files are, such as <c>models:/m-...</c>.</param>
/// <param name="RunId">The run that made it.</param>
/// <param name="ModelId">The logged model that it is.</param>
/// <param name="Status"><c>READY</c> when it can be used.</param>
/// <param name="Description">For people.</param>
/// <param name="CreationTimestamp">When it was made, in Unix milliseconds.</param>
/// <param name="LastUpdatedTimestamp">When it was last changed, in Unix milliseconds.</param>
/// <param name="Tags">Its tags.</param>
/// <param name="Aliases">The aliases that point to it, where the server says so.</param>
public sealed record MlflowModelVersion(
    [property: JsonRequired] string Name,
    [property: JsonRequired] string Version,
    string? Source = null,
    string? RunId = null,
    string? ModelId = null,
    string? Status = null,
    string? Description = null,
    long? CreationTimestamp = null,
    long? LastUpdatedTimestamp = null,
    IReadOnlyList<MlflowTag>? Tags = null,
    IReadOnlyList<string>? Aliases = null);
