namespace FineTuneWorkflows.Learning.Baselines;

/// <summary>A baseline would have more weights than it is worth; the message says how many classes and features there are.</summary>
public sealed class BaselineTooLargeException : LearningException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is too large.</param>
    public BaselineTooLargeException(string message)
        : base(message)
    {
    }
}
