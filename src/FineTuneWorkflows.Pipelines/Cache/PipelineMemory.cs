using FineTuneWorkflows.Pipelines.Fingerprints;

namespace FineTuneWorkflows.Pipelines.Cache;

/// <summary>What a pipeline was last asked to do; the source of the reasons that a run gives. Losing it loses no result.</summary>
internal sealed record PipelineMemory
{
    /// <summary>The last run; null before the first.</summary>
    public string? RunId { get; init; }

    /// <summary>A digest of the last run's bound parameters.</summary>
    public string? Plan { get; init; }

    /// <summary>Whether that run succeeded; one that did not is resumed by the next with the same plan.</summary>
    public required bool Finished { get; init; }

    /// <summary>What each stage was last asked to do, by name.</summary>
    public required Dictionary<string, LastAttempt> Stages { get; init; }

    /// <param name="Document">What it was asked to do.</param>
    /// <param name="RunId">By which run.</param>
    /// <param name="Done">Whether that succeeded.</param>
    internal sealed record LastAttempt(FingerprintDocument Document, string RunId, bool Done);
}
