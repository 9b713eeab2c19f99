using FineTuneWorkflows.Learning.Checkpoints;

namespace FineTuneWorkflows.Learning.Training;

/// <summary>What a training came to. The model now has the best epoch's weights, or the last's where there is no validation data.</summary>
/// <param name="Steps">The number of updates done.</param>
/// <param name="BestEpoch">The epoch whose weights the model has, from 1.</param>
/// <param name="BestStep">The number of updates after which it had them.</param>
/// <param name="StoppedEarly">Whether patience ran out before all epochs were done.</param>
/// <param name="Metrics">The best epoch's validation metrics; empty without validation data.</param>
/// <param name="History">What each epoch came to; epochs counted from 0.</param>
public sealed record TrainingResult(
    long Steps, int BestEpoch, long BestStep, bool StoppedEarly, IReadOnlyDictionary<string, double> Metrics, IReadOnlyList<EpochRecord> History);
