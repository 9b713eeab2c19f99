using FineTuneWorkflows.Foundation.Randomness;
using FineTuneWorkflows.Learning.Metrics;

namespace FineTuneWorkflows.Learning.Tests.Metrics;

public class TemperatureScalingTests
{
    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(3)]
    public void The_temperature_that_labels_were_drawn_at_is_found_again(double temperature)
    {
        (ProbabilityTable said, int[] labels) = Draw(temperature, 40_000);
        Assert.Equal(temperature, TemperatureScaling.Fit(said, labels), 0.04 * temperature);
    }

    [Fact]
    public void Fitting_lowers_the_calibration_error_and_the_loss_and_changes_no_prediction()
    {
        (ProbabilityTable said, int[] labels) = Draw(2.5, 5_000);
        ProbabilityTable scaled = TemperatureScaling.Apply(said, TemperatureScaling.Fit(said, labels));
        ClassificationReport before = Report(said), after = Report(scaled);
        Assert.True(after.CalibrationError < 0.25 * before.CalibrationError, $"{before.CalibrationError} to {after.CalibrationError}");
        Assert.True(after.Loss < before.Loss);
        Assert.Equal(said.BestOfAll(), scaled.BestOfAll());

        ClassificationReport Report(ProbabilityTable table) => ClassificationReport.Compute(table, labels, ["a", "b", "c"], seed: 1, resamples: 10);
    }

    [Fact]
    public void Where_there_is_no_minimum_the_ends_of_the_range_are_answered()
    {
        var sure = new ProbabilityTable(1, 2);
        (sure.Row(0)[0], sure.Row(0)[1]) = (0.9, 0.1);
        Assert.Equal(TemperatureScaling.Lowest, TemperatureScaling.Fit(sure, [0]));
        Assert.Equal(TemperatureScaling.Highest, TemperatureScaling.Fit(sure, [1]));
        Assert.Throws<ArgumentException>(() => TemperatureScaling.Fit(sure, [0, 1]));
    }

    /// <summary>Labels from a softmax at a temperature, and the predictions of a model that thinks it is 1.</summary>
    private static (ProbabilityTable Said, int[] Labels) Draw(double temperature, int count)
    {
        var random = new SplitMix64(DerivedSeed.For(5, "temperature"));
        var said = new ProbabilityTable(count, 3);
        for (int i = 0; i < count; i++)
        {
            for (int c = 0; c < 3; c++)
                said.Row(i)[c] = Math.Exp(2 * random.NextNormals().First);
            double sum = said.Row(i)[0] + said.Row(i)[1] + said.Row(i)[2];
            for (int c = 0; c < 3; c++)
                said.Row(i)[c] /= sum;
        }
        ProbabilityTable truth = TemperatureScaling.Apply(said, temperature);
        int[] labels = new int[count];
        for (int i = 0; i < count; i++)
        {
            double draw = random.NextBelow(1 << 30) / (double)(1 << 30);
            while (labels[i] < 2 && draw >= truth.Row(i)[labels[i]])
                draw -= truth.Row(i)[labels[i]++];
        }
        return (said, labels);
    }
}
