using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Graphs;

namespace FineTuneWorkflows.Pipelines.Execution;

/// <summary>One stage of a run, with its inputs there.</summary>
/// <param name="PipelineId">The definition's id.</param>
/// <param name="RunId">The run.</param>
/// <param name="Stage">The stage.</param>
/// <param name="Inputs">The artifacts that it consumes, by name; an optional one may be absent.</param>
/// <param name="BaseFolder">What a relative path counts from where nothing else is said.</param>
/// <param name="Force">Whether to execute it even if it is up to date, from scratch.</param>
public sealed record StageRequest(
    string PipelineId, string RunId, ConfiguredStage Stage, IReadOnlyDictionary<string, Artifact> Inputs, string BaseFolder, bool Force = false)
{
    /// <summary>
    /// Asked after the stage's work and before anything of it is committed; throws where this attempt is no longer the one in force, as when another worker took the stage over
    /// meanwhile. Default: nothing is asked.
    /// </summary>
    public Action? Fence { get; init; }

    /// <summary>The run that this one is a part of, whose remote inputs it shares: the trials of a sweep have the same base model. Default: none.</summary>
    public string? ParentRunId { get; init; }

    /// <summary>Asked where the stage is not up to date, before it is executed; what it throws fails the stage. Default: nothing is asked.</summary>
    public Func<CancellationToken, Task>? BeforeExecution { get; init; }

    /// <summary>Whether the runner writes the pipeline's memory soon, so that the executor need not once more.</summary>
    internal bool MoreFollows { get; init; }
}
