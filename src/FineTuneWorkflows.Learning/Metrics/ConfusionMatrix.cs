namespace FineTuneWorkflows.Learning.Metrics;

/// <summary>Counts of (true class, predicted class) pairs, and the measures that follow from them.</summary>
public sealed class ConfusionMatrix
{
    private readonly int[] _actual, _predicted;
    private readonly int[] _hits, _support, _predictedCounts;
    private int[]? _counts;

    /// <summary>Counts the pairs. Memory grows with the classes; with their square only where pairs are asked for.</summary>
    /// <param name="actual">True class numbers.</param>
    /// <param name="predicted">Predicted class numbers, as many.</param>
    /// <param name="classCount">The number of classes; all numbers lie below it.</param>
    public ConfusionMatrix(ReadOnlySpan<int> actual, ReadOnlySpan<int> predicted, int classCount)
        : this(actual.ToArray(), predicted.ToArray(), classCount)
    {
    }

    /// <summary>Counts the pairs of lists that stay as they are.</summary>
    internal ConfusionMatrix(int[] actual, int[] predicted, int classCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classCount);
        if (actual.Length != predicted.Length)
            throw new ArgumentException($"{actual.Length} true classes but {predicted.Length} predictions.", nameof(predicted));
        ClassCount = classCount;
        (_actual, _predicted) = (actual, predicted);
        (_hits, _support, _predictedCounts) = (new int[classCount], new int[classCount], new int[classCount]);
        for (int i = 0; i < actual.Length; i++)
        {
            if ((uint)actual[i] >= (uint)classCount || (uint)predicted[i] >= (uint)classCount)
                throw new ArgumentOutOfRangeException(nameof(actual),
                    $"Example {i} has classes {actual[i]} and {predicted[i]}; they must be 0 to {classCount - 1}.");
            _support[actual[i]]++;
            _predictedCounts[predicted[i]]++;
            if (actual[i] == predicted[i])
                _hits[actual[i]]++;
        }
        Total = actual.Length;
    }

    /// <summary>The number of classes.</summary>
    public int ClassCount { get; }

    /// <summary>The number of examples.</summary>
    public int Total { get; }

    /// <summary>How many examples of class <paramref name="actual"/> were predicted as <paramref name="predicted"/>.</summary>
    public int this[int actual, int predicted] => actual == predicted ? _hits[actual] : (_counts ??= Pairs())[(actual * ClassCount) + predicted];

    /// <summary>The share of examples predicted rightly.</summary>
    public double Accuracy => Ratio(Diagonal(), Total);

    /// <summary>The number of examples of a class.</summary>
    public int Support(int actual) => _support[actual];

    /// <summary>The number of examples predicted as a class.</summary>
    public int PredictedCount(int predicted) => _predictedCounts[predicted];

    /// <summary>A class's precision, recall and F1.</summary>
    public ClassMetrics ForClass(int index, string name)
    {
        (int hits, int support, int predicted) = (this[index, index], Support(index), PredictedCount(index));
        return new ClassMetrics(name, Ratio(hits, predicted), Ratio(hits, support), Ratio(2.0 * hits, support + predicted), support);
    }

    /// <summary>The unweighted mean of the classes' F1.</summary>
    public double MacroF1()
    {
        double sum = 0;
        for (int i = 0; i < ClassCount; i++)
            sum += Ratio(2.0 * this[i, i], Support(i) + PredictedCount(i));
        return sum / ClassCount;
    }

    /// <summary>The mean of the classes' F1, each counting by its examples; 0 without examples.</summary>
    public double WeightedF1()
    {
        double sum = 0;
        for (int i = 0; i < ClassCount; i++)
            sum += Support(i) * Ratio(2.0 * this[i, i], Support(i) + PredictedCount(i));
        return Ratio(sum, Total);
    }

    /// <summary>
    /// Matthews' correlation coefficient for two classes or more (Gorodkin 2004, "Comparing two K-category assignments by a K-category correlation
    /// coefficient"), -1 to 1; 0 where it is not defined.
    /// </summary>
    public double MatthewsCorrelation()
    {
        double total = Total, cross = 0, predictedSquares = 0, actualSquares = 0;
        for (int i = 0; i < ClassCount; i++)
        {
            double support = Support(i), predicted = PredictedCount(i);
            cross += support * predicted;
            predictedSquares += predicted * predicted;
            actualSquares += support * support;
        }
        double denominator = Math.Sqrt((total * total) - predictedSquares) * Math.Sqrt((total * total) - actualSquares);
        return denominator == 0 ? 0 : ((Diagonal() * total) - cross) / denominator;
    }

    private int[] Pairs()
    {
        int[] counts = new int[checked(ClassCount * ClassCount)];
        for (int i = 0; i < _actual.Length; i++)
            counts[(_actual[i] * ClassCount) + _predicted[i]]++;
        return counts;
    }

    private double Diagonal()
    {
        double sum = 0;
        for (int i = 0; i < ClassCount; i++)
            sum += this[i, i];
        return sum;
    }

    private static double Ratio(double part, double whole) => whole == 0 ? 0 : part / whole;
}
