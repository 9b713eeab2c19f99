namespace FineTuneWorkflows.Learning.Metrics;

/// <summary>Measures of predictions of a multi-label classifier; a class counts as predicted from a probability of one half on.</summary>
public sealed class MultiLabelCounts
{
    private readonly int[] _hits, _actual, _predicted;
    private double _loss;
    private int _whole;

    /// <summary>Starts with no example.</summary>
    /// <param name="classCount">The number of classes.</param>
    public MultiLabelCounts(int classCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classCount);
        (_hits, _actual, _predicted) = (new int[classCount], new int[classCount], new int[classCount]);
    }

    /// <summary>The number of examples.</summary>
    public int Count { get; private set; }

    /// <summary>Mean binary cross-entropy over examples and classes.</summary>
    public double Loss => _loss / Count;

    /// <summary>The share of examples whose classes are all right.</summary>
    public double Accuracy => (double)_whole / Count;

    /// <summary>The unweighted mean of the classes' F1; a class that is neither there nor predicted counts as 0.</summary>
    public double MacroF1 => _hits.Select((hits, c) => _actual[c] + _predicted[c] == 0 ? 0 : 2.0 * hits / (_actual[c] + _predicted[c])).Average();

    /// <summary>F1 over all classes together.</summary>
    public double MicroF1 => _actual.Sum() + _predicted.Sum() == 0 ? 0 : 2.0 * _hits.Sum() / (_actual.Sum() + _predicted.Sum());

    /// <summary>A class's precision, recall and F1.</summary>
    public ClassMetrics ForClass(int index, string name) => new(
        name, Ratio(_hits[index], _predicted[index]), Ratio(_hits[index], _actual[index]), Ratio(2.0 * _hits[index], _actual[index] + _predicted[index]),
        _actual[index]);

    /// <summary>Counts an example.</summary>
    /// <param name="actual">Whether it has each class.</param>
    /// <param name="probabilities">The predicted probability of each class.</param>
    public void Add(ReadOnlySpan<bool> actual, ReadOnlySpan<double> probabilities)
    {
        double loss = 0;
        bool whole = true;
        for (int c = 0; c < _hits.Length; c++)
        {
            bool predicted = probabilities[c] >= 0.5;
            // Below this, a float's logarithm would be one of zero.
            loss -= Math.Log(Math.Max(actual[c] ? probabilities[c] : 1 - probabilities[c], 1e-38));
            whole &= predicted == actual[c];
            _actual[c] += actual[c] ? 1 : 0;
            _predicted[c] += predicted ? 1 : 0;
            _hits[c] += predicted && actual[c] ? 1 : 0;
        }
        _loss += loss / _hits.Length;
        _whole += whole ? 1 : 0;
        Count++;
    }

    private static double Ratio(double part, double whole) => whole == 0 ? 0 : part / whole;
}
