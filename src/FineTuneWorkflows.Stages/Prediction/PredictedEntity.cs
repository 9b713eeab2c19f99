namespace FineTuneWorkflows.Stages.Prediction;

/// <summary>An entity found in a text or among words.</summary>
/// <param name="Label">Its kind.</param>
/// <param name="Start">The place of its first character, in the unit that <see cref="PredictionOptions.Offsets"/> says; where words were given, the number of its first word, from 0.</param>
/// <param name="End">The place after its last character or word.</param>
/// <param name="Text">What stands there, as the text has it; where words were given, these as <see cref="FineTuneWorkflows.Text.Labelling.TextWords.Join"/> joins them.</param>
/// <param name="Probability">The least probability of its words' tags, 0 to 1.</param>
public sealed record PredictedEntity(string Label, int Start, int End, string Text, double Probability);
