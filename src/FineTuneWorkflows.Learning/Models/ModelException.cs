namespace FineTuneWorkflows.Learning.Models;

/// <summary>A model's configuration or weights cannot be used; the message names the folder, the setting or the weights.</summary>
public sealed class ModelException : LearningException
{
    /// <summary>Creates the error with the message the user reads.</summary>
    public ModelException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error with the message the user reads and the error that caused it.</summary>
    public ModelException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
