namespace FineTuneWorkflows.Tracking.Outbox;

/// <summary>Why all events of a run are held up.</summary>
internal enum HoldReason
{
    /// <summary>The run was deleted on the server; that can be taken back.</summary>
    RunDeleted = 1,

    /// <summary>The run's experiment was deleted on the server; that can be taken back.</summary>
    ExperimentDeleted = 2,

    /// <summary>The server has no such run any more.</summary>
    RunGone = 3,

    /// <summary>The server has no such experiment.</summary>
    ExperimentGone = 4,

    /// <summary>The server makes no run of it, for a reason of its own.</summary>
    Refused = 5,
}
