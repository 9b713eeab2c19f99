namespace FineTuneWorkflows.Benchmarks.Harness;

/// <summary>What is made of repeated measurements.</summary>
internal static class Figures
{
    /// <summary>The middle one; of an even number the mean of the two in the middle.</summary>
    public static double Median(this IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? throw new ArgumentException("No values.", nameof(values)) : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The standard deviation of a sample (divided by one less than there are).</summary>
    public static double Deviation(this IReadOnlyCollection<double> values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1));
    }

    /// <summary>Smallest, median and largest, for the log.</summary>
    public static string Spread(this IReadOnlyCollection<double> values) =>
        FormattableString.Invariant($"min {values.Min():0.##}, median {values.Median():0.##}, max {values.Max():0.##} of {values.Count}");
}
