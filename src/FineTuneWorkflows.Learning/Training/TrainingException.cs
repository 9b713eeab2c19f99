namespace FineTuneWorkflows.Learning.Training;

/// <summary>Training cannot start or go on: bad data, contradicting options, a loss that is no number.</summary>
public class TrainingException : LearningException
{
    /// <summary>Creates the error with the message the user reads.</summary>
    public TrainingException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error with the message the user reads and the error that caused it.</summary>
    public TrainingException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
