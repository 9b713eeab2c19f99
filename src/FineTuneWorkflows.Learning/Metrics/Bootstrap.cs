using FineTuneWorkflows.Foundation.Randomness;

namespace FineTuneWorkflows.Learning.Metrics;

/// <summary>Percentile bootstrap (Efron and Tibshirani 1993, "An Introduction to the Bootstrap", chapter 13).</summary>
public static class Bootstrap
{
    /// <summary>
    /// The 95% interval of measures under resampling of the examples with replacement. Resample <c>k</c> draws from (seed, "bootstrap", k), so the
    /// result depends on the seed alone.
    /// </summary>
    /// <param name="actual">True class numbers.</param>
    /// <param name="predicted">Predicted class numbers.</param>
    /// <param name="classCount">The number of classes.</param>
    /// <param name="resamples">How many resamples to draw; 1 or more.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="cancellation">Ends the work, at the next resample.</param>
    /// <param name="measures">What to measure on each resample.</param>
    public static Interval[] Intervals(
        int[] actual, int[] predicted, int classCount, int resamples, long seed, CancellationToken cancellation, params Func<ConfusionMatrix, double>[] measures)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(resamples);
        double[][] values = [.. measures.Select(_ => new double[resamples])];
        Parallel.For(0, resamples, new ParallelOptions { CancellationToken = cancellation }, resample =>
        {
            var random = new SplitMix64(DerivedSeed.For(seed, "bootstrap", resample));
            int[] drawnActual = new int[actual.Length], drawnPredicted = new int[actual.Length];
            for (int i = 0; i < actual.Length; i++)
            {
                int index = random.NextBelow(actual.Length);
                (drawnActual[i], drawnPredicted[i]) = (actual[index], predicted[index]);
            }
            var matrix = new ConfusionMatrix(drawnActual, drawnPredicted, classCount);
            for (int m = 0; m < measures.Length; m++)
                values[m][resample] = measures[m](matrix);
        });
        return [.. values.Select(sample =>
        {
            Array.Sort(sample);
            return new Interval(Quantile(sample, 0.025), Quantile(sample, 0.975));
        })];
    }

    /// <summary>The quantile of sorted values, with linear interpolation between neighbours (Hyndman and Fan's type 7).</summary>
    internal static double Quantile(double[] sorted, double share)
    {
        double position = share * (sorted.Length - 1);
        int below = (int)Math.Floor(position);
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((position - below) * (sorted[above] - sorted[below]));
    }
}
