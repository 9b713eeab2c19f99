using System.Text.Json;
using FineTuneWorkflows.Pipelines.Artifacts;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Graphs;

namespace FineTuneWorkflows.Server.Jobs;

/// <summary>
/// Everything needed to execute a stage of a workflow instance. It is part of the activity's bookmark, and so is saved in the same transaction as the instance that waits for it.
/// </summary>
/// <param name="JobId">The job's id, which is the bookmark's, too.</param>
/// <param name="RunId">The run in the home's journals.</param>
/// <param name="InstanceId">The workflow instance.</param>
/// <param name="DefinitionId">The definition.</param>
/// <param name="DefinitionName">Its name.</param>
/// <param name="ActivityInstanceId">The execution of the activity that waits.</param>
/// <param name="ActivityId">The activity.</param>
/// <param name="Stage">The stage's name in the definition.</param>
/// <param name="StageType">Its activity type.</param>
/// <param name="Resource">The queue's execution group: <c>cpu</c>, <c>gpu</c> or <c>short</c>.</param>
/// <param name="Folder">What relative paths count from.</param>
/// <param name="Parameters">The bound parameters that have a value.</param>
/// <param name="Inputs">Digests of the artifacts it consumes, by name.</param>
/// <param name="Properties">The values that the run was started with.</param>
public sealed record StageJobRequest(
    string JobId,
    string RunId,
    string InstanceId,
    string DefinitionId,
    string DefinitionName,
    string ActivityInstanceId,
    string ActivityId,
    string Stage,
    string StageType,
    string Resource,
    string Folder,
    IReadOnlyDictionary<string, JsonElement> Parameters,
    IReadOnlyDictionary<string, string> Inputs,
    IReadOnlyDictionary<string, JsonElement> Properties)
{
    /// <summary>How many numbers of the instance's journal are kept free for a job's own entries.</summary>
    public const long JournalNumbers = 10_000_000;

    /// <summary>How many of them each attempt has.</summary>
    public const long JournalNumbersPerAttempt = 1_000_000;

    /// <summary>Where the job's entries stand in the instance's journal.</summary>
    public required JournalPlace Journal { get; init; }

    /// <summary>Its place in the queue: the earlier, the sooner. Jobs that an earlier version left behind have none.</summary>
    public DateTimeOffset? Turn { get; init; }

    /// <summary>The first of the numbers that are kept free for this job.</summary>
    public long JournalNumber { get; init; }

    /// <summary>What the stage engine is asked to do.</summary>
    /// <param name="stage">The job's stage.</param>
    /// <param name="artifacts">Where its inputs lie.</param>
    internal StageRequest ToStageRequest(ConfiguredStage stage, ArtifactStore artifacts) => new(DefinitionId, RunId, stage, artifacts.Named(Inputs), Folder);

    /// <summary>What an entry of an instance's journal names besides the job.</summary>
    /// <param name="DefinitionVersionId">The id of the definition's version.</param>
    /// <param name="Version">Its number.</param>
    /// <param name="ParentActivityInstanceId">The execution of the activity around the stage, which is the flowchart.</param>
    /// <param name="NodeId">The activity's path in the definition.</param>
    public sealed record JournalPlace(string DefinitionVersionId, int Version, string? ParentActivityInstanceId, string NodeId);
}
