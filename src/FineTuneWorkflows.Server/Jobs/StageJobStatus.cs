namespace FineTuneWorkflows.Server.Jobs;

/// <summary>Where a stage job stands.</summary>
internal static class StageJobStatus
{
    /// <summary>Waits for a worker.</summary>
    public const string Queued = "queued";

    /// <summary>A worker has it, or had it when it died.</summary>
    public const string Running = "running";

    /// <summary>Its result is there; the workflow instance does not know yet.</summary>
    public const string Finished = "finished";

    /// <summary>The workflow instance has its result.</summary>
    public const string Delivered = "delivered";

    /// <summary>Nobody wants its result any more.</summary>
    public const string Dropped = "dropped";
}
