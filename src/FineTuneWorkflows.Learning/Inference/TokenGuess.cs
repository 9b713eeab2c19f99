namespace FineTuneWorkflows.Learning.Inference;

/// <summary>A token that a model expects behind a mask.</summary>
/// <param name="TokenId">Its id.</param>
/// <param name="Probability">Its probability among all tokens of the vocabulary, 0 to 1.</param>
public readonly record struct TokenGuess(int TokenId, double Probability);
