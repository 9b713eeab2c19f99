namespace FineTuneWorkflows.Learning.Checkpoints;

/// <summary>The epoch with the best metric.</summary>
/// <param name="Epoch">The epoch, from 0.</param>
/// <param name="Step">The number of updates at its end, which names its checkpoint.</param>
/// <param name="Value">The metric's value.</param>
public sealed record BestEpoch(int Epoch, long Step, double Value);
