namespace FineTuneWorkflows.Pipelines.Homes;

/// <summary>The home folder cannot be used as asked.</summary>
public sealed class HomeException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="message">Names the folder and what would help.</param>
    /// <param name="innerException">The system's own error.</param>
    public HomeException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
