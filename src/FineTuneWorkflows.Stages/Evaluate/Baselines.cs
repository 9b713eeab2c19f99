using FineTuneWorkflows.Learning.Baselines;

namespace FineTuneWorkflows.Stages.Evaluate;

/// <summary>Trains the baseline that was asked for.</summary>
internal static class Baselines
{
    public static ITextBaseline Train(BaselineKind kind, IReadOnlyList<string> texts, IReadOnlyList<int> labels, int classes, int seed, CancellationToken cancellationToken) => kind switch
    {
        BaselineKind.MlNet => MlNetBaseline.Train(texts, labels, classes, seed, cancellationToken),
        BaselineKind.NaiveBayes => NaiveBayesBaseline.Train(texts, labels, classes, cancellationToken),
        BaselineKind.MostFrequent => MostFrequentClassBaseline.Train(labels, classes),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such baseline."),
    };
}
