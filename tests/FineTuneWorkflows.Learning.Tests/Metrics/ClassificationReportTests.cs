using CsCheck;
using FineTuneWorkflows.Foundation.Randomness;
using FineTuneWorkflows.Learning.Metrics;

namespace FineTuneWorkflows.Learning.Tests.Metrics;

public class ClassificationReportTests
{
    // True 0 0 0 1 1 2, predicted 0 0 1 1 2 2: confusion [[2,1,0],[0,1,1],[0,0,1]].
    private static readonly int[] Actual = [0, 0, 0, 1, 1, 2], Predicted = [0, 0, 1, 1, 2, 2];
    private static readonly string[] Names = ["a", "b", "c"];

    [Fact]
    public void Figures_equal_those_computed_by_hand()
    {
        ClassificationReport report = ClassificationReport.Compute(Sure(Predicted, 3, 0.8), Actual, Names, seed: 1, resamples: 100);
        Assert.Equal(4.0 / 6, report.Accuracy, 1e-12);
        Assert.Equal([1.0, 0.5, 0.5], report.Classes.Select(c => c.Precision));
        Assert.Equal([2.0 / 3, 0.5, 1.0], report.Classes.Select(c => c.Recall));
        Assert.Equal([0.8, 0.5, 2.0 / 3], report.Classes.Select(c => c.F1));
        Assert.Equal([3, 2, 1], report.Classes.Select(c => c.Support));
        Assert.Equal((1 + 0.5 + 0.5) / 3, report.Macro.Precision, 1e-12);
        Assert.Equal((0.8 + 0.5 + (2.0 / 3)) / 3, report.Macro.F1, 1e-12);
        Assert.Equal(((3 * 0.8) + (2 * 0.5) + (2.0 / 3)) / 6, report.Weighted.F1, 1e-12);
        // Gorodkin: c s = 4 x 6; sum of products 3x2 + 2x2 + 1x2 = 12; squares 4 + 4 + 4 and 9 + 4 + 1.
        Assert.Equal((24 - 12) / Math.Sqrt((36.0 - 12) * (36 - 14)), report.MatthewsCorrelation, 1e-12);
        Assert.Equal(-((4 * Math.Log(0.8)) + (2 * Math.Log(0.1))) / 6, report.Loss, 1e-12);
        Assert.Equal(Math.Abs(0.8 - (4.0 / 6)), report.CalibrationError, 1e-12);
        Assert.Equal([[2, 1, 0], [0, 1, 1], [0, 0, 1]], report.Confusion.Select(row => row.ToArray()));
        Assert.Equal(report.Accuracy, report.ToMetrics()["accuracy"]);
    }

    [Fact]
    public void A_class_never_predicted_and_never_there_counts_as_zero()
    {
        var matrix = new ConfusionMatrix([0, 0], [0, 0], 2);
        Assert.Equal(new ClassMetrics("x", 0, 0, 0, 0), matrix.ForClass(1, "x"));
        Assert.Equal(0, matrix.MatthewsCorrelation());
        Assert.Equal(0.5, matrix.MacroF1());
    }

    [Fact]
    public void For_two_classes_Gorodkins_coefficient_is_Matthews()
    {
        Gen.Int[0, 1].Array[30].Select(Gen.Int[0, 1].Array[30]).Sample((actual, predicted) =>
        {
            var m = new ConfusionMatrix(actual, predicted, 2);
            double tp = m[1, 1], tn = m[0, 0], fp = m[0, 1], fn = m[1, 0];
            double denominator = Math.Sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn));
            return Math.Abs(m.MatthewsCorrelation() - (denominator == 0 ? 0 : ((tp * tn) - (fp * fn)) / denominator)) < 1e-12;
        });
    }

    [Fact]
    public void Micro_F1_from_counts_is_the_accuracy_and_the_order_of_examples_changes_nothing()
    {
        Gen.Int[0, 3].Array[1, 40].SelectMany(actual => Gen.Int[0, 3].Array[actual.Length].Select(predicted => (actual, predicted))).Sample(sample =>
        {
            (int[] actual, int[] predicted) = sample;
            var matrix = new ConfusionMatrix(actual, predicted, 4);
            double hits = Enumerable.Range(0, 4).Sum(c => matrix[c, c]);
            double falsePositives = Enumerable.Range(0, 4).Sum(c => matrix.PredictedCount(c) - matrix[c, c]);
            double falseNegatives = Enumerable.Range(0, 4).Sum(c => matrix.Support(c) - matrix[c, c]);
            int[] order = [.. Enumerable.Range(0, actual.Length)];
            new SplitMix64(7).Shuffle<int>(order);
            ClassificationReport report = ClassificationReport.Compute(Sure(predicted, 4, 0.7), actual, ["a", "b", "c", "d"], 1, 10);
            ClassificationReport shuffled = ClassificationReport.Compute(
                Sure([.. order.Select(i => predicted[i])], 4, 0.7), [.. order.Select(i => actual[i])], ["a", "b", "c", "d"], 1, 10);
            return Math.Abs((2 * hits / ((2 * hits) + falsePositives + falseNegatives)) - report.Micro.F1) < 1e-12
                && Math.Abs(report.Micro.F1 - report.Accuracy) < 1e-12
                && report.Macro == shuffled.Macro && report.Weighted == shuffled.Weighted
                    && report.MatthewsCorrelation == shuffled.MatthewsCorrelation
                && Math.Abs(report.Loss - shuffled.Loss) < 1e-12;
        }, iter: 50);
    }

    [Fact]
    public void The_bootstrap_interval_is_repeatable_and_near_the_normal_approximation()
    {
        int[] actual = [.. Enumerable.Range(0, 400).Select(i => i % 2)], predicted = [.. actual.Select((x, i) => i % 10 < 2 ? 1 - x : x)];
        Interval one = Interval(3), again = Interval(3), other = Interval(4);
        Assert.Equal(one, again);
        Assert.NotEqual(one, other);
        double half = 1.96 * Math.Sqrt(0.8 * 0.2 / 400);
        Assert.Equal(0.8 - half, one.Low, 0.01);
        Assert.Equal(0.8 + half, one.High, 0.01);

        Interval Interval(long seed) => Bootstrap.Intervals(actual, predicted, 2, 1000, seed, default, m => m.Accuracy)[0];
    }

    [Fact]
    public void Quantiles_interpolate_between_neighbours()
    {
        Assert.Equal(1.5, Bootstrap.Quantile([1, 2], 0.5));
        Assert.Equal(1, Bootstrap.Quantile([1, 2, 3], 0));
        Assert.Equal(3, Bootstrap.Quantile([1, 2, 3], 1));
        Assert.Equal(1.2, Bootstrap.Quantile([1, 2, 3], 0.1), 1e-12);
    }

    private static ProbabilityTable Sure(int[] predicted, int classes, double confidence)
    {
        var table = new ProbabilityTable(predicted.Length, classes);
        for (int i = 0; i < predicted.Length; i++)
        {
            table.Row(i).Fill((1 - confidence) / (classes - 1));
            table.Row(i)[predicted[i]] = confidence;
        }
        return table;
    }

    [Fact]
    public void Many_classes_take_memory_for_themselves_and_not_for_all_pairs()
    {
        const int Classes = 100_000;
        int[] actual = [0, 1, Classes - 1], predicted = [0, 2, Classes - 1];
        var matrix = new ConfusionMatrix(actual, predicted, Classes);
        Assert.Equal(2.0 / 3, matrix.Accuracy, 1e-12);
        Assert.Equal(2.0 / Classes, matrix.MacroF1(), 1e-12);
        var table = new ProbabilityTable(3, 2000);
        for (int i = 0; i < 3; i++)
            table.Row(i)[i] = 1;
        ClassificationReport report = ClassificationReport.Compute(table, [0, 1, 0], [.. Enumerable.Range(0, 2000).Select(i => $"c{i}")], seed: 1, resamples: 10);
        Assert.Empty(report.Confusion);
        Assert.Equal(2.0 / 3, report.Accuracy, 1e-12);
    }

    [Fact]
    public void A_cancelled_bootstrap_draws_no_more() => Assert.Throws<OperationCanceledException>(() =>
        ClassificationReport.Compute(Sure([0, 1], 3, 0.8), [0, 1], Names, seed: 1, resamples: 1_000_000, new CancellationToken(canceled: true)));
}
