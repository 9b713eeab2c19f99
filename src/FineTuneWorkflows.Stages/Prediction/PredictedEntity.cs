namespace FineTuneWorkflows.Stages.Prediction;

/// <summary>An entity found in a text.</summary>
/// <param name="Label">Its kind.</param>
/// <param name="Start">The place of its first character, in UTF-16 units.</param>
/// <param name="End">The place after its last character.</param>
/// <param name="Text">What stands there.</param>
/// <param name="Probability">The least probability of its words' tags, 0 to 1.</param>
public sealed record PredictedEntity(string Label, int Start, int End, string Text, double Probability);
