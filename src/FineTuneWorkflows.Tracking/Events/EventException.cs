namespace FineTuneWorkflows.Tracking.Events;

/// <summary>An event does not fit what is stored of its run: it names a run that never started, or starts one that has. The store itself is well.</summary>
public sealed class EventException : TrackingException
{
    /// <summary>Makes the exception with a message for a person.</summary>
    public EventException(string message) : base(message) { }
}
