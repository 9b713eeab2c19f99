namespace FineTuneWorkflows.Learning.Training;

/// <summary>How a training starts.</summary>
/// <param name="StepsDone">0, or the number of steps done before the interruption.</param>
/// <param name="TotalSteps">The number of steps of the whole training.</param>
/// <param name="StepsPerEpoch">The number of steps of an epoch.</param>
/// <param name="ResumedFrom">The checkpoint it resumes from, or null.</param>
/// <param name="Threads">The number of threads it computes with.</param>
/// <param name="Device">The device it computes on.</param>
/// <param name="ParameterCount">The number of trainable parameters.</param>
public sealed record TrainingStarted(long StepsDone, long TotalSteps, int StepsPerEpoch, string? ResumedFrom, int Threads, string Device,
    long ParameterCount);
