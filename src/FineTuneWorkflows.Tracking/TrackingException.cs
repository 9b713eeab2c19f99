namespace FineTuneWorkflows.Tracking;

/// <summary>
/// Something a person can put right: a damaged or newer <c>state.db</c>, a disk that is full, an unknown run, a name that the registry
/// refuses. The message says what, where, and what would be right; it is meant to be printed without a stack trace.
/// </summary>
public class TrackingException : Exception
{
    /// <summary>Makes the exception with a message for a person.</summary>
    public TrackingException(string message) : base(message) { }

    /// <summary>Makes the exception with a message for a person and the fault that caused it.</summary>
    public TrackingException(string message, Exception? innerException) : base(message, innerException) { }
}
