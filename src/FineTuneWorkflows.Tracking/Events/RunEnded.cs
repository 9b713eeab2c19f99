namespace FineTuneWorkflows.Tracking.Events;

/// <summary>A run ended, or was found dead. A run that has ended already keeps what this says last.</summary>
/// <param name="RunId">The run's local id.</param>
/// <param name="Status">How it ended: anything but <see cref="RunStatus.Running"/>.</param>
/// <param name="Time">When.</param>
public sealed record RunEnded(string RunId, RunStatus Status, DateTimeOffset Time) : TrackingEvent(RunId);
