namespace FineTuneWorkflows.Learning.Metrics;

/// <summary>
/// Calibration by one number: logits are divided by a temperature that makes held-out labels most likely (Guo et al. 2017, arXiv:1706.04599). It changes
/// how sure a model says it is, never which class it predicts.
/// </summary>
public static class TemperatureScaling
{
    /// <summary>Fitted temperatures lie from 1/20 to 20: beyond that there is no minimum, as where every prediction is right.</summary>
    public const double Lowest = 0.05, Highest = 20;

    private const double Floor = 1e-12;

    /// <summary>Finds the temperature at which the labels are most likely.</summary>
    /// <param name="probabilities">Predictions at temperature 1, <c>[examples, classes]</c>, of examples that were not trained on; they count as at least
    /// 1e-12.</param>
    /// <param name="labels">The true class numbers.</param>
    /// <returns>The temperature, above 1 where the model is surer than it is right.</returns>
    /// <exception cref="ArgumentException">The sizes disagree, or there are no examples.</exception>
    public static double Fit(ProbabilityTable probabilities, IReadOnlyList<int> labels)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        ArgumentNullException.ThrowIfNull(labels);
        if (probabilities.Count != labels.Count || labels.Count == 0)
            throw new ArgumentException($"There are {probabilities.Count} predictions and {labels.Count} labels; there must be as many, and one at least.", nameof(labels));
        // The negative log-likelihood is convex in the inverse temperature, so its slope has one change of sign.
        double low = 1 / Highest, high = 1 / Lowest;
        if (Slope(probabilities, labels, low) >= 0)
            return Highest;
        if (Slope(probabilities, labels, high) <= 0)
            return Lowest;
        while (high - low > 1e-10 * high)
        {
            double middle = 0.5 * (low + high);
            if (Slope(probabilities, labels, middle) < 0)
                low = middle;
            else
                high = middle;
        }
        return 2 / (low + high);
    }

    /// <summary>The same predictions at another temperature.</summary>
    /// <param name="probabilities">Predictions at temperature 1.</param>
    /// <param name="temperature">What the logits are divided by, above 0.</param>
    public static ProbabilityTable Apply(ProbabilityTable probabilities, double temperature)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(temperature);
        var scaled = new ProbabilityTable(probabilities.Count, probabilities.ClassCount);
        for (int i = 0; i < probabilities.Count; i++)
            Scale(probabilities.Row(i), 1 / temperature, scaled.Row(i));
        return scaled;
    }

    /// <summary>The derivative of the summed negative log-likelihood by the inverse temperature: expected minus true logit.</summary>
    private static double Slope(ProbabilityTable probabilities, IReadOnlyList<int> labels, double inverse)
    {
        Span<double> scaled = new double[probabilities.ClassCount];
        double slope = 0;
        for (int i = 0; i < labels.Count; i++)
        {
            Span<double> row = probabilities.Row(i);
            Scale(row, inverse, scaled);
            for (int c = 0; c < scaled.Length; c++)
                slope += scaled[c] * Logit(row[c]);
            slope -= Logit(row[labels[i]]);
        }
        return slope;
    }

    /// <summary>Logarithms of probabilities differ from logits by the same amount in every class, which the softmax takes out again.</summary>
    private static double Logit(double probability) => Math.Log(Math.Max(probability, Floor));

    private static void Scale(ReadOnlySpan<double> row, double inverse, Span<double> scaled)
    {
        double max = double.NegativeInfinity, sum = 0;
        for (int c = 0; c < row.Length; c++)
            max = Math.Max(max, Logit(row[c]));
        for (int c = 0; c < row.Length; c++)
            sum += scaled[c] = Math.Exp(inverse * (Logit(row[c]) - max));
        for (int c = 0; c < row.Length; c++)
            scaled[c] /= sum;
    }
}
