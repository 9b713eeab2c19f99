namespace FineTuneWorkflows.Learning;

/// <summary>
/// An error the user can mend: a broken checkpoint, a label out of range, a device that is not there. The message names the file, parameter or
/// example and the value, and says what would be right; it is meant to be shown without a stack trace.
/// </summary>
public class LearningException : Exception
{
    /// <summary>Creates the error with the message the user reads.</summary>
    public LearningException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error with the message the user reads and the error that caused it.</summary>
    public LearningException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
