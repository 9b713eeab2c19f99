namespace FineTuneWorkflows.Stages.Prediction;

/// <summary>An entity found in a text or among words.</summary>
/// <param name="Label">Its kind.</param>
/// <param name="Start">The place of its first character, in UTF-16 units; where words were given, the number of its first word, from 0.</param>
/// <param name="End">The place after its last character or word.</param>
/// <param name="Text">What stands there; of words these with spaces between.</param>
/// <param name="Probability">The least probability of its words' tags, 0 to 1.</param>
public sealed record PredictedEntity(string Label, int Start, int End, string Text, double Probability);
