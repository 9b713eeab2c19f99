namespace FineTuneWorkflows.Learning.Training.Tasks;

/// <summary>The validation metrics of language models.</summary>
internal static class LanguageMetrics
{
    public static IReadOnlyList<string> All { get; } = [BestMetrics.Loss, BestMetrics.Accuracy, BestMetrics.Perplexity];

    public static IReadOnlyDictionary<string, double> Of(TokenScores scores) => new SortedDictionary<string, double>(StringComparer.Ordinal)
    {
        [BestMetrics.Loss] = scores.Loss,
        [BestMetrics.Accuracy] = scores.Accuracy,
        [BestMetrics.Perplexity] = Math.Exp(scores.Loss),
    };
}
