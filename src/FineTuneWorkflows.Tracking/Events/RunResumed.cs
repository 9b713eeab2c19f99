namespace FineTuneWorkflows.Tracking.Events;

/// <summary>A run that had ended, or whose process died, goes on: it is <see cref="RunStatus.Running"/> again.</summary>
/// <param name="RunId">The run's local id.</param>
/// <param name="Time">When it went on.</param>
public sealed record RunResumed(string RunId, DateTimeOffset Time) : TrackingEvent(RunId);
