namespace FineTuneWorkflows.Stages.Prediction;

/// <summary>What a classifier says of a text.</summary>
/// <param name="Label">The likeliest class.</param>
/// <param name="Probabilities">The probability of each class, in the model's order; they sum to 1.</param>
public sealed record TextPrediction(string Label, IReadOnlyList<KeyValuePair<string, double>> Probabilities);
