namespace FineTuneWorkflows.Server.Jobs;

/// <summary>How urgent a run is: its stages go before those of less urgent runs, but stop none that is at work.</summary>
public enum RunPriority
{
    /// <summary>When nothing else waits, such as a nightly run.</summary>
    Low,

    /// <summary>In the order of the runs.</summary>
    Normal,

    /// <summary>Before all others.</summary>
    High,
}
