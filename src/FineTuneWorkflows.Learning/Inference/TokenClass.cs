namespace FineTuneWorkflows.Learning.Inference;

/// <summary>What a classifier of tokens says of one of them.</summary>
/// <param name="Class">The number of the most probable class.</param>
/// <param name="Probability">Its probability, 0 to 1.</param>
public readonly record struct TokenClass(int Class, double Probability);
