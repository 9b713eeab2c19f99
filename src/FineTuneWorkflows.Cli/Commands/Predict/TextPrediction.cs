namespace FineTuneWorkflows.Cli.Commands.Predict;

/// <summary>What a model makes of a text.</summary>
/// <param name="Label">The most probable label.</param>
/// <param name="Probabilities">The probability of every label, in the model's order; they add up to 1.</param>
public sealed record TextPrediction(string Label, IReadOnlyList<KeyValuePair<string, double>> Probabilities);
