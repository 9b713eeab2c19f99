namespace FineTuneWorkflows.Learning.Checkpoints;

/// <summary>A file of weights or a checkpoint is missing, damaged or not what is needed; the message names the file and the tensor.</summary>
public sealed class CheckpointException : LearningException
{
    /// <summary>Creates the error with the message the user reads.</summary>
    public CheckpointException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error with the message the user reads and the error that caused it.</summary>
    public CheckpointException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
