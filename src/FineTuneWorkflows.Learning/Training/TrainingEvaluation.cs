namespace FineTuneWorkflows.Learning.Training;

/// <summary>The outcome of an epoch.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Step">The number of steps done.</param>
/// <param name="TrainingLoss">The mean training loss of the epoch, dropout included.</param>
/// <param name="Metrics">Validation metrics by name, such as <c>validation/accuracy</c>; empty without validation data.</param>
/// <param name="IsBest">Whether it is the best so far.</param>
/// <param name="Seconds">How long the validation took.</param>
public sealed record TrainingEvaluation(int Epoch, long Step, double TrainingLoss, IReadOnlyDictionary<string, double> Metrics, bool IsBest,
    double Seconds);
