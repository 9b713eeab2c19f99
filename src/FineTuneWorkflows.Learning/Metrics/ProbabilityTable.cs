namespace FineTuneWorkflows.Learning.Metrics;

/// <summary>Class probabilities of a list of examples, <c>[examples, classes]</c>; each row sums to 1.</summary>
public sealed class ProbabilityTable
{
    private readonly double[] _values;

    /// <summary>Makes a table of zeros to be filled row by row.</summary>
    public ProbabilityTable(int count, int classCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classCount);
        (Count, ClassCount, _values) = (count, classCount, new double[checked(count * classCount)]);
    }

    /// <summary>The number of examples.</summary>
    public int Count { get; }

    /// <summary>The number of classes.</summary>
    public int ClassCount { get; }

    /// <summary>An example's probabilities by class number; writable.</summary>
    public Span<double> Row(int index) => _values.AsSpan(index * ClassCount, ClassCount);

    /// <summary>The most probable class of an example; the lowest number among equals.</summary>
    public int Best(int index)
    {
        Span<double> row = Row(index);
        int best = 0;
        for (int i = 1; i < row.Length; i++)
        {
            if (row[i] > row[best])
                best = i;
        }
        return best;
    }

    /// <summary>The most probable class of each example.</summary>
    public int[] BestOfAll()
    {
        int[] best = new int[Count];
        for (int i = 0; i < Count; i++)
            best[i] = Best(i);
        return best;
    }
}
