namespace FineTuneWorkflows.Tracking.Outbox;

/// <summary>An event that the server would not take, or a run that is held up as a whole.</summary>
/// <param name="RunId">The run's local id.</param>
/// <param name="Kind">The kind of event, such as <c>metrics</c>, <c>artifact</c>; <c>run</c> for a whole run.</param>
/// <param name="Reason">What the server, or the check before it, said.</param>
/// <param name="Events">How many events it stands for.</param>
public sealed record RefusedEvent(string RunId, string Kind, string Reason, long Events = 1);
