namespace FineTuneWorkflows.Pipelines.Journals;

/// <summary>There is no such run, or its journal cannot be read.</summary>
public sealed class RunHistoryException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="message">Names the run, or the file and what is wrong with it.</param>
    /// <param name="innerException">What lies below it.</param>
    public RunHistoryException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
