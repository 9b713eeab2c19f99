namespace FineTuneWorkflows.Tracking.Events;

/// <summary>Where a run stands. The names are MLflow's, in upper case there.</summary>
public enum RunStatus
{
    /// <summary>It has started or was resumed and has not ended.</summary>
    Running = 1,

    /// <summary>It ended and did what it was asked to.</summary>
    Finished = 3,

    /// <summary>It ended with an error.</summary>
    Failed = 4,

    /// <summary>It was cancelled, or its process died.</summary>
    Killed = 5,
}
