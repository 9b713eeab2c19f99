namespace FineTuneWorkflows.Pipelines.Contract.Events;

/// <summary>How a run ended.</summary>
public enum RunStatus
{
    /// <summary>Every stage was executed, up to date or skipped by its condition; or failed where the definition lets it.</summary>
    Succeeded,

    /// <summary>A stage failed.</summary>
    Failed,

    /// <summary>The user cancelled it.</summary>
    Cancelled,
}
