namespace FineTuneWorkflows.Stages.Prediction;

/// <summary>What a model says of a text.</summary>
/// <param name="Label">The likeliest class; of a model that gives any number of classes those with a probability of one half or more, with a comma between; of a
/// model for entities their kinds.</param>
/// <param name="Probabilities">The probability of each class, in the model's order; they sum to 1 where a text has one class. Empty for entities.</param>
public sealed record TextPrediction(string Label, IReadOnlyList<KeyValuePair<string, double>> Probabilities)
{
    /// <summary>The entities, in their order in the text; null for models of classes.</summary>
    public IReadOnlyList<PredictedEntity>? Entities { get; init; }

    /// <summary>What the model wrote after the text; null for models of classes and entities.</summary>
    public string? Continuation { get; init; }
}
