namespace FineTuneWorkflows.Stages.Experiments;

/// <summary>What the folds measured.</summary>
public sealed class FoldScores
{
    // What a fold ends with: not the course of its training, nor what its data are.
    private static readonly string[] Passing = ["train/", "validation/", "data/"];

    private readonly SortedDictionary<string, List<double>> values = new(StringComparer.Ordinal);

    /// <summary>A metric over the folds.</summary>
    /// <param name="Metric">Its name.</param>
    /// <param name="Mean">The mean.</param>
    /// <param name="Deviation">The sample's standard deviation; not a number of one fold.</param>
    /// <param name="Least">The least.</param>
    /// <param name="Most">The greatest.</param>
    public sealed record Row(string Metric, double Mean, double Deviation, double Least, double Most);

    /// <summary>The number of folds that were added.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a fold.</summary>
    /// <param name="metrics">What its run measured.</param>
    public void Add(IReadOnlyDictionary<string, double> metrics)
    {
        Count++;
        foreach (var (name, value) in metrics)
        {
            if (Passing.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)))
                continue;
            if (!values.TryGetValue(name, out var all))
                values[name] = all = [];
            all.Add(value);
        }
    }

    /// <summary>The metrics that every fold has, in ordinal order of names.</summary>
    public IReadOnlyList<Row> Rows() => [.. values.Where(v => v.Value.Count == Count).Select(v => Of(v.Key, v.Value))];

    private static Row Of(string metric, List<double> all)
    {
        var mean = all.Average();
        return new(metric, mean, all.Count < 2 ? double.NaN : Math.Sqrt(all.Sum(v => (v - mean) * (v - mean)) / (all.Count - 1)), all.Min(), all.Max());
    }
}
