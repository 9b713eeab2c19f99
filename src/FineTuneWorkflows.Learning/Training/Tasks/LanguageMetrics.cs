namespace FineTuneWorkflows.Learning.Training.Tasks;

/// <summary>The validation metrics of language models.</summary>
internal static class LanguageMetrics
{
    /// <summary>e to the mean cross-entropy of a token.</summary>
    public const string Perplexity = "validation/perplexity";

    public static IReadOnlyDictionary<string, double> Of(TokenScores scores) => new SortedDictionary<string, double>(StringComparer.Ordinal)
    {
        [BestMetrics.Loss] = scores.Loss,
        [BestMetrics.Accuracy] = scores.Accuracy,
        [Perplexity] = Math.Exp(scores.Loss),
    };
}
