namespace FineTuneWorkflows.Pipelines.Contract.Events;

/// <summary>How it went for a stage in a run.</summary>
public enum StageOutcome
{
    /// <summary>It was executed and succeeded.</summary>
    Executed,

    /// <summary>What it makes was there already.</summary>
    UpToDate,

    /// <summary>It was executed and failed.</summary>
    Failed,

    /// <summary>It was not executed: its condition is false, or something above it failed, or the run ended before.</summary>
    Skipped,

    /// <summary>It was executing when the run was cancelled.</summary>
    Cancelled,
}
