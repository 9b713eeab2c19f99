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
