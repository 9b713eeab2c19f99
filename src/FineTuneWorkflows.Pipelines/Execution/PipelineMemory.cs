using FineTuneWorkflows.Pipelines.Fingerprints;

namespace FineTuneWorkflows.Pipelines.Execution;

/// <summary>What a pipeline was last asked to do; the source of the reasons that a run gives. Losing it loses no result.</summary>
/// <param name="RunId">The last run.</param>
/// <param name="Plan">A digest of the last run's bound parameters.</param>
/// <param name="Finished">Whether that run succeeded; one that did not is resumed by the next with the same plan.</param>
/// <param name="Stages">What each stage was last asked to do, by name.</param>
internal sealed record PipelineMemory(string? RunId, string? Plan, bool Finished, Dictionary<string, PipelineMemory.Request> Stages)
{
    /// <param name="Document">What it was asked to do.</param>
    /// <param name="RunId">By which run.</param>
    /// <param name="Done">Whether that succeeded.</param>
    internal sealed record Request(FingerprintDocument Document, string RunId, bool Done);
}
