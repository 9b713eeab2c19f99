namespace FineTuneWorkflows.Learning.Metrics;

/// <summary>How well a single-label classifier does on a set of examples. Averages are defined as in scikit-learn's classification_report.</summary>
public sealed record ClassificationReport
{
    private const int CalibrationBins = 15, MostConfusedClasses = 1_000;

    /// <summary>The number of examples.</summary>
    public required int Count { get; init; }

    /// <summary>The mean negative log-likelihood of the true class, in nats; probabilities count as at least 1e-12.</summary>
    public required double Loss { get; init; }

    /// <summary>The share predicted rightly.</summary>
    public required double Accuracy { get; init; }

    /// <summary>The 95% bootstrap interval of <see cref="Accuracy"/>.</summary>
    public required Interval AccuracyInterval { get; init; }

    /// <summary>Each class by itself.</summary>
    public required IReadOnlyList<ClassMetrics> Classes { get; init; }

    /// <summary>The mean over classes, each counting the same.</summary>
    public required AveragedMetrics Macro { get; init; }

    /// <summary>Over all decisions together; for single labels equal to the accuracy.</summary>
    public required AveragedMetrics Micro { get; init; }

    /// <summary>The mean over classes, each counting by its support.</summary>
    public required AveragedMetrics Weighted { get; init; }

    /// <summary>The 95% bootstrap interval of the macro F1.</summary>
    public required Interval MacroF1Interval { get; init; }

    /// <summary>Matthews' correlation coefficient, -1 to 1 (Gorodkin 2004).</summary>
    public required double MatthewsCorrelation { get; init; }

    /// <summary>Expected calibration error over 15 bins of equal width (Guo et al. 2017, arXiv:1706.04599), 0 to 1.</summary>
    public required double CalibrationError { get; init; }

    /// <summary>The 15 bins of that: examples by the probability of the predicted class, from 0 to 1 (a reliability diagram, DeGroot and Fienberg 1983).</summary>
    public required IReadOnlyList<CalibrationBin> Calibration { get; init; }

    /// <summary>Counts by true class (rows) and predicted class (columns); empty with more than 1,000 classes.</summary>
    public required IReadOnlyList<IReadOnlyList<int>> Confusion { get; init; }

    /// <summary>Measures predictions.</summary>
    /// <param name="probabilities">The predicted probabilities, <c>[examples, classes]</c>.</param>
    /// <param name="labels">The true class numbers.</param>
    /// <param name="classNames">The classes' names by number.</param>
    /// <param name="seed">The seed of the bootstrap.</param>
    /// <param name="resamples">The number of bootstrap resamples; default 1000.</param>
    /// <param name="cancellation">Ends the bootstrap.</param>
    /// <exception cref="ArgumentException">The sizes disagree, or there are no examples.</exception>
    public static ClassificationReport Compute(
        ProbabilityTable probabilities, IReadOnlyList<int> labels, IReadOnlyList<string> classNames, long seed, int resamples = 1000, CancellationToken cancellation = default)
    {
        if (probabilities.Count != labels.Count || probabilities.ClassCount != classNames.Count)
            throw new ArgumentException($"Probabilities are [{probabilities.Count}, {probabilities.ClassCount}], labels {labels.Count}, class names "
                + $"{classNames.Count}.", nameof(labels));
        if (labels.Count == 0)
            throw new ArgumentException("There are no examples to measure.", nameof(labels));
        int[] actual = [.. labels];
        int[] predicted = probabilities.BestOfAll();
        var matrix = new ConfusionMatrix(actual, predicted, classNames.Count);
        ClassMetrics[] classes = [.. classNames.Select((name, index) => matrix.ForClass(index, name))];
        IEnumerable<int> numbers = classNames.Count <= MostConfusedClasses ? Enumerable.Range(0, classNames.Count) : [];
        Interval[] intervals = Bootstrap.Intervals(actual, predicted, classNames.Count, resamples, seed, cancellation, m => m.Accuracy, m => m.MacroF1());
        CalibrationBin[] calibration = CalibrationOf(probabilities, actual, predicted);
        return new ClassificationReport
        {
            Count = actual.Length,
            Loss = NegativeLogLikelihood(probabilities, actual),
            Accuracy = matrix.Accuracy,
            AccuracyInterval = intervals[0],
            Classes = classes,
            Macro = Average(classes, _ => 1),
            Micro = new AveragedMetrics(matrix.Accuracy, matrix.Accuracy, matrix.Accuracy),
            Weighted = Average(classes, c => c.Support),
            MacroF1Interval = intervals[1],
            MatthewsCorrelation = matrix.MatthewsCorrelation(),
            CalibrationError = ErrorOf(calibration, actual.Length),
            Calibration = calibration,
            Confusion = [.. numbers.Select(a => (IReadOnlyList<int>)[.. numbers.Select(p => matrix[a, p])])],
        };
    }

    /// <summary>
    /// The figures by name, for logging: <c>loss</c>, <c>accuracy</c>, <c>f1_macro</c>, <c>f1_weighted</c>, <c>precision_macro</c>,
    /// <c>recall_macro</c>,
    /// <c>mcc</c>, <c>ece</c>, <c>accuracy_low</c>, <c>accuracy_high</c>, <c>f1_macro_low</c>, <c>f1_macro_high</c>.
    /// </summary>
    public IReadOnlyDictionary<string, double> ToMetrics() => new SortedDictionary<string, double>(StringComparer.Ordinal)
    {
        ["loss"] = Loss,
        ["accuracy"] = Accuracy,
        ["accuracy_low"] = AccuracyInterval.Low,
        ["accuracy_high"] = AccuracyInterval.High,
        ["f1_macro"] = Macro.F1,
        ["f1_macro_low"] = MacroF1Interval.Low,
        ["f1_macro_high"] = MacroF1Interval.High,
        ["f1_weighted"] = Weighted.F1,
        ["precision_macro"] = Macro.Precision,
        ["recall_macro"] = Macro.Recall,
        ["mcc"] = MatthewsCorrelation,
        ["ece"] = CalibrationError,
    };

    internal static double NegativeLogLikelihood(ProbabilityTable probabilities, int[] labels)
    {
        double sum = 0;
        for (int i = 0; i < labels.Length; i++)
            sum -= Math.Log(Math.Max(probabilities.Row(i)[labels[i]], 1e-12));
        return sum / labels.Length;
    }

    internal static double ExpectedCalibrationError(ProbabilityTable probabilities, int[] labels) =>
        ErrorOf(CalibrationOf(probabilities, labels, probabilities.BestOfAll()), labels.Length);

    private static double ErrorOf(CalibrationBin[] bins, int count) => bins.Sum(bin => bin.Count * Math.Abs(bin.Confidence - bin.Accuracy)) / count;

    private static AveragedMetrics Average(ClassMetrics[] classes, Func<ClassMetrics, double> weight)
    {
        double total = classes.Sum(weight);
        return new AveragedMetrics(
            classes.Sum(c => weight(c) * c.Precision) / total,
            classes.Sum(c => weight(c) * c.Recall) / total,
            classes.Sum(c => weight(c) * c.F1) / total);
    }

    private static CalibrationBin[] CalibrationOf(ProbabilityTable probabilities, int[] actual, int[] predicted)
    {
        double[] confidence = new double[CalibrationBins];
        int[] counts = new int[CalibrationBins], hits = new int[CalibrationBins];
        for (int i = 0; i < actual.Length; i++)
        {
            double best = probabilities.Row(i)[predicted[i]];
            int bin = Math.Clamp((int)Math.Ceiling(best * CalibrationBins) - 1, 0, CalibrationBins - 1);
            confidence[bin] += best;
            counts[bin]++;
            hits[bin] += actual[i] == predicted[i] ? 1 : 0;
        }
        return
        [
            .. Enumerable.Range(0, CalibrationBins)
                .Select(i => new CalibrationBin(counts[i], counts[i] == 0 ? 0 : confidence[i] / counts[i], counts[i] == 0 ? 0 : (double)hits[i] / counts[i])),
        ];
    }
}
