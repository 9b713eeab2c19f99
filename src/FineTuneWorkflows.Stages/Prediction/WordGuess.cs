namespace FineTuneWorkflows.Stages.Prediction;

/// <summary>A word, or a piece of one, that a model expects behind a mask.</summary>
/// <param name="Token">The token's text, as the tokenizer decodes it: a piece that continues a word keeps its mark (<c>##ing</c>), one that begins a word the space before it where the
/// vocabulary has it there.</param>
/// <param name="Probability">Its probability among all tokens of the vocabulary, 0 to 1.</param>
public sealed record WordGuess(string Token, double Probability);
