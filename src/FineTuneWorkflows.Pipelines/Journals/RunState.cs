namespace FineTuneWorkflows.Pipelines.Journals;

/// <summary>How it stands with a run, now or in the past.</summary>
public enum RunState
{
    /// <summary>A process is at work on it.</summary>
    Running,

    /// <summary>Its process ended before it was done; the next run of the same pipeline with the same parameters resumes it.</summary>
    Interrupted,

    /// <summary>It succeeded.</summary>
    Succeeded,

    /// <summary>A stage failed.</summary>
    Failed,

    /// <summary>The user cancelled it.</summary>
    Cancelled,

    /// <summary>Its journal cannot be read.</summary>
    Damaged,
}
