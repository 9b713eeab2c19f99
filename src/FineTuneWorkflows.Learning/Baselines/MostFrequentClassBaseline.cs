using FineTuneWorkflows.Learning.Metrics;

namespace FineTuneWorkflows.Learning.Baselines;

/// <summary>Answers each text with the classes' shares of the training data, so always the most frequent one.</summary>
public sealed class MostFrequentClassBaseline : ITextBaseline
{
    private readonly double[] _shares;

    private MostFrequentClassBaseline(double[] shares) => _shares = shares;

    /// <inheritdoc/>
    public string Name => "Most frequent class";

    /// <summary>Counts the classes.</summary>
    /// <param name="labels">The class numbers of the training texts.</param>
    /// <param name="classCount">The number of classes.</param>
    /// <exception cref="LearningException">There are no labels, or one is out of range.</exception>
    public static MostFrequentClassBaseline Train(IReadOnlyList<int> labels, int classCount)
    {
        BaselineData.Check(new string[labels.Count], labels, classCount);
        double[] shares = new double[classCount];
        foreach (int label in labels)
            shares[label] += 1.0 / labels.Count;
        return new MostFrequentClassBaseline(shares);
    }

    /// <inheritdoc/>
    public ProbabilityTable Predict(IReadOnlyList<string> texts, CancellationToken cancellation = default)
    {
        var table = new ProbabilityTable(texts.Count, _shares.Length);
        for (int i = 0; i < texts.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            _shares.CopyTo(table.Row(i));
        }

        return table;
    }
}
