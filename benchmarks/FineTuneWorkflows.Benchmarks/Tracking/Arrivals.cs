using System.Globalization;
using FineTuneWorkflows.Benchmarks.Harness;

namespace FineTuneWorkflows.Benchmarks.Tracking;

/// <summary>A measurement of delivery counts only when all was delivered.</summary>
internal static class Arrivals
{
    /// <exception cref="BenchmarkException">A metric is missing or doubled, or there is not exactly one run.</exception>
    public static void Check(MetricListener listener, long expected)
    {
        var runs = listener.Runs;
        var (values, again) = (runs.Sum(r => (long)r.Points.Count), runs.Sum(r => r.Again));
        if (runs.Count != 1 || values != expected || again != 0)
            throw new BenchmarkException(string.Create(CultureInfo.InvariantCulture, $"the listener has {values} values of {expected} in {runs.Count} runs, and {again} came more than once"));
    }
}
