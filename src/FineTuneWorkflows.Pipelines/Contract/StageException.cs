namespace FineTuneWorkflows.Pipelines.Contract;

/// <summary>A stage cannot do its work for a reason its user can mend. The message says which; no stack trace is shown for it.</summary>
public class StageException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="message">Names the file, parameter and value, and says what would be right. Where it begins with <c>parameter NAME:</c>, the user is told how to set that parameter.</param>
    /// <param name="innerException">What lies below it, shown at diagnostic verbosity.</param>
    public StageException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>The parameter of the stage that would mend it, for the line that the user is told to type. Default: the one that the message begins with, else none.</summary>
    public string? Parameter { get; init; }

    /// <summary>The value that would mend it; null where only the user knows it.</summary>
    public string? Value { get; init; }
}
