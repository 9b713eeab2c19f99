namespace FineTuneWorkflows.Learning.Checkpoints;

/// <summary>What one epoch came to.</summary>
/// <param name="Epoch">The epoch, from 0.</param>
/// <param name="Step">The number of updates at its end.</param>
/// <param name="TrainingLoss">The mean training loss of its steps, dropout included.</param>
/// <param name="Metrics">Validation metrics by name, such as <c>validation/accuracy</c>; empty without validation data.</param>
public sealed record EpochRecord(int Epoch, long Step, double TrainingLoss, IReadOnlyDictionary<string, double> Metrics);
