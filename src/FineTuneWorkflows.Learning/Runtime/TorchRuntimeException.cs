namespace FineTuneWorkflows.Learning.Runtime;

/// <summary>libtorch cannot be loaded, or the device that was asked for is not there.</summary>
public sealed class TorchRuntimeException : LearningException
{
    /// <summary>Creates the error with the message the user reads.</summary>
    public TorchRuntimeException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error with the message the user reads and the error that caused it.</summary>
    public TorchRuntimeException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
