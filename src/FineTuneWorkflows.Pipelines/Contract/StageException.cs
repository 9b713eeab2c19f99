namespace FineTuneWorkflows.Pipelines.Contract;

/// <summary>A stage cannot do its work for a reason its user can mend. The message says which; no stack trace is shown for it.</summary>
public class StageException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="message">Names the file, parameter and value, and says what would be right.</param>
    /// <param name="innerException">What lies below it, shown at diagnostic verbosity.</param>
    public StageException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
