namespace FineTuneWorkflows.Tracking.Outbox;

/// <summary>What the server has yet to be told.</summary>
/// <param name="Events">Events that wait, those of metrics included.</param>
/// <param name="Metrics">Values of metrics that wait.</param>
/// <param name="Refused">Events that the server would not take; they are kept (<see cref="OutboxQueue.Refused"/>) and do not hold up the
/// others.</param>
public sealed record OutboxStatus(long Events, long Metrics, long Refused)
{
    /// <summary>True when nothing waits and nothing was refused.</summary>
    public bool IsDelivered => Events == 0 && Refused == 0;
}
