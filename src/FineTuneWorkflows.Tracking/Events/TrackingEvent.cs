namespace FineTuneWorkflows.Tracking.Events;

/// <summary>
/// Something that happened in a run and that its history keeps. The hierarchy is closed: what is derived here is all there is.
/// Times are kept to the millisecond.
/// </summary>
public abstract record TrackingEvent
{
    private protected TrackingEvent(string runId) => RunId = runId;

    /// <summary>The run's local id. Every event but <see cref="RunStarted"/> names a run that has started.</summary>
    public string RunId { get; }
}
