using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Graphs;

namespace FineTuneWorkflows.Pipelines.Execution;

/// <summary>What a run would do with a stage.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Action">What.</param>
/// <param name="Reason">Why.</param>
public sealed record PlannedStage(PipelineStage Stage, PlannedAction Action, string Reason)
{
    /// <summary>What it would download first. Default: nothing.</summary>
    public IReadOnlyList<RemoteDownload> Downloads { get; init; } = [];
}

/// <summary>What a run would do with a stage.</summary>
public enum PlannedAction
{
    /// <summary>Nothing: it is up to date.</summary>
    Reuse,

    /// <summary>Execute it.</summary>
    Execute,

    /// <summary>Decide when the stages above it have made its inputs; if these come out unchanged, it is up to date.</summary>
    Depends,

    /// <summary>Leave it out.</summary>
    Skip,

    /// <summary>Fail: an input file is missing or cannot be read.</summary>
    Fail,
}
