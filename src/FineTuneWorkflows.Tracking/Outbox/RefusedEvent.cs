namespace FineTuneWorkflows.Tracking.Outbox;

/// <summary>An event that the server would not take.</summary>
/// <param name="RunId">The run's local id.</param>
/// <param name="Kind">The kind of event, such as <c>metrics</c>, <c>artifact</c>.</param>
/// <param name="Reason">What the server, or the check before it, said.</param>
public sealed record RefusedEvent(string RunId, string Kind, string Reason);
