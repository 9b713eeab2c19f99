using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Training.Memory;

namespace FineTuneWorkflows.Learning.Training;

/// <summary>
/// Hears what a training does, on the training's thread. Each method does nothing unless it is implemented. An exception thrown here ends the
/// training.
/// </summary>
public interface ITrainingObserver
{
    /// <summary>What memory the training will take at most, said before it starts.</summary>
    /// <param name="estimate">The estimate.</param>
    /// <param name="device">Where it will be trained.</param>
    void OnMemory(MemoryEstimate estimate, TorchDevice device)
    {
    }

    /// <summary>The training starts or goes on.</summary>
    void OnStarted(TrainingStarted started)
    {
    }

    /// <summary>A step was done.</summary>
    void OnStep(TrainingStep step)
    {
    }

    /// <summary>An epoch was validated.</summary>
    void OnEvaluation(TrainingEvaluation evaluation)
    {
    }

    /// <summary>A checkpoint was written.</summary>
    void OnCheckpointWritten(string folder, long step)
    {
    }

    /// <summary>A checkpoint was found but is not used and was removed.</summary>
    void OnCheckpointSkipped(string folder, string reason)
    {
    }

    /// <summary>Something the user should know, such as another number of threads than before the interruption.</summary>
    void OnNote(string message)
    {
    }
}
