namespace FineTuneWorkflows.Tracking.Outbox;

/// <summary>Nothing of a run can be delivered until the user says what to do.</summary>
internal sealed class RunHeldException(HoldReason because, string message) : Exception(message)
{
    public HoldReason Because { get; } = because;
}
