using FineTuneWorkflows.Learning.Models;

namespace FineTuneWorkflows.Learning.Inference;

/// <summary>How a text is written.</summary>
public sealed record GenerationOptions
{
    /// <summary>The most tokens to write; default 64.</summary>
    public int MaxNewTokens { get; init; } = 64;

    /// <summary>What the logits are divided by before a token is drawn: below 1 the likely ones become likelier. 0 always takes the likeliest (greedy).
    /// Default 0.8.</summary>
    public double Temperature { get; init; } = 0.8;

    /// <summary>The likeliest tokens whose probabilities sum to this share are drawn from, the others never (Holtzman et al. 2019, arXiv:1904.09751); 1 draws
    /// from all. Default 0.95.</summary>
    public double TopP { get; init; } = 0.95;

    /// <summary>The seed of the draws; default 42. Each token's draw depends on it and the token's place alone.</summary>
    public long Seed { get; init; } = 42;

    /// <summary>Tokens that end the text, besides those of the model's configuration; default none.</summary>
    public IReadOnlyList<int> StopTokenIds { get; init; } = [];

    /// <summary>Refuses settings out of range.</summary>
    /// <exception cref="ModelException">A setting is out of range; the message names it and its value.</exception>
    internal void Check()
    {
        if (MaxNewTokens < 1)
            throw new ModelException($"MaxNewTokens is {MaxNewTokens}; it must be 1 or more.");
        if (!(Temperature is >= 0 and <= 100))
            throw new ModelException(FormattableString.Invariant($"Temperature is {Temperature}; it must be 0 (the likeliest token) to 100."));
        if (!(TopP is > 0 and <= 1))
            throw new ModelException(FormattableString.Invariant($"TopP is {TopP}; it must be above 0 and 1 at most."));
    }
}
