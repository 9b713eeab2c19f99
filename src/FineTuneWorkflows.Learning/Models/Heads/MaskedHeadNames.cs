namespace FineTuneWorkflows.Learning.Models.Heads;

/// <summary>How a family predicts masked tokens.</summary>
/// <param name="Dense">The layer that hidden states go through.</param>
/// <param name="Norm">The normalization after it.</param>
/// <param name="Bias">What is added to the products with the word embeddings.</param>
/// <param name="Activation">What follows the first layer; null takes the model's own activation.</param>
internal sealed record MaskedHeadNames(string Dense, string Norm, string Bias, string? Activation);
