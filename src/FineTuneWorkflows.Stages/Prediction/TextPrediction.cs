namespace FineTuneWorkflows.Stages.Prediction;

/// <summary>What a model says of a text.</summary>
/// <param name="Label">The likeliest class; of a model for multi-label classification those with a probability of one half or more, with a comma between (<see cref="Labels"/> has
/// them apart); of a model for entities their kinds; else empty.</param>
/// <param name="Probabilities">The probability of each class, in the model's order; they sum to 1 where a text has one class. Empty for entities, masks and writing.</param>
public sealed record TextPrediction(string Label, IReadOnlyList<KeyValuePair<string, double>> Probabilities)
{
    /// <summary>The classes of a multi-label classifier, in the model's order; null for other models.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>The entities, in their order in the text; null for models of anything else.</summary>
    public IReadOnlyList<PredictedEntity>? Entities { get; init; }

    /// <summary>Where words were given for entities, the tag of each; else null.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>For each mask of the text, in their order, the likeliest tokens, the likeliest first; null for models of anything else.</summary>
    public IReadOnlyList<IReadOnlyList<WordGuess>>? Masks { get; init; }

    /// <summary>How many tokens of the input were cut off because the model takes no more, and did not count; 0 where it was taken whole.</summary>
    public int CutTokens { get; init; }

    /// <summary>The share of the input's tokens that the model's vocabulary does not have, 0 to 1: above one half an answer says little.</summary>
    public double UnknownShare { get; init; }

    /// <summary>What the model wrote after the text, or answered; null for models of anything else.</summary>
    public string? Continuation { get; init; }
}
