using FineTuneWorkflows.Learning.Calibration;
using FineTuneWorkflows.Learning.Metrics;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Tests.Support;

namespace FineTuneWorkflows.Learning.Tests.Calibration;

public class ModelCalibrationTests
{
    [Fact]
    public void A_model_that_is_too_sure_gets_its_calibration_error_lowered_on_other_examples_too()
    {
        (ProbabilityTable fitted, int[] labels) = TooSure(400, offset: 0);
        ModelCalibration calibration = ModelCalibration.Fit(fitted, labels);
        Assert.True(calibration.Temperature > 1.5, $"{calibration}");
        Assert.True(calibration.ErrorAfter < 0.5 * calibration.ErrorBefore, $"{calibration}");
        Assert.True(calibration.LossAfter < calibration.LossBefore);
        Assert.Equal(400, calibration.Examples);

        (ProbabilityTable other, int[] otherLabels) = TooSure(300, offset: 1);
        ProbabilityTable after = calibration.Apply(other);
        Assert.True(ClassificationReport.ExpectedCalibrationError(after, otherLabels) < 0.5 * ClassificationReport.ExpectedCalibrationError(other, otherLabels));
    }

    [Fact]
    public void The_predicted_class_never_changes() => CsCheck.Check.Sample(
        CsCheck.Gen.Select(CsCheck.Gen.Double[0.001, 1].Array[4], CsCheck.Gen.Double[0.05, 20]),
        (weights, temperature) =>
        {
            var table = new ProbabilityTable(1, 4);
            for (int c = 0; c < 4; c++)
                table.Row(0)[c] = weights[c] / weights.Sum();
            ProbabilityTable scaled = new ModelCalibration(temperature, 1, 0, 0, 0, 0).Apply(table);
            return scaled.Best(0) == table.Best(0) && Math.Abs(1 - (scaled.Row(0)[0] + scaled.Row(0)[1] + scaled.Row(0)[2] + scaled.Row(0)[3])) < 1e-9;
        });

    [Fact]
    public void Where_every_prediction_is_right_nothing_is_made_certain()
    {
        (ProbabilityTable table, _) = TooSure(50, offset: 0);
        ModelCalibration calibration = ModelCalibration.Fit(table, table.BestOfAll());
        Assert.Equal(1, calibration.Temperature);
        Assert.Equal((calibration.ErrorBefore, calibration.LossBefore), (calibration.ErrorAfter, calibration.LossAfter));
        Assert.Same(table, calibration.Apply(table));
    }

    [Fact]
    public void It_is_read_back_as_it_was_written_and_a_model_without_has_none()
    {
        using var folder = new TemporaryFolder();
        Assert.Null(ModelCalibration.Load(folder.Path));
        var calibration = new ModelCalibration(1.75, 12, 0.5, 0.4, 0.2, 0.1);
        calibration.Save(folder.Path);
        Assert.Equal(calibration, ModelCalibration.Load(folder.Path));
    }

    [Theory]
    [InlineData("{", "is no valid calibration")]
    [InlineData("{\"temperature\":0,\"examples\":1,\"lossBefore\":1,\"lossAfter\":1,\"errorBefore\":1,\"errorAfter\":1}", "temperature is 0; it must be above 0")]
    [InlineData("{\"examples\":1}", "is no valid calibration")]
    public void A_broken_file_is_named(string text, string message)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder[ModelCalibration.FileName], text);
        string said = Assert.Throws<ModelException>(() => ModelCalibration.Load(folder.Path)).Message;
        Assert.Contains(folder[ModelCalibration.FileName], said, StringComparison.Ordinal);
        Assert.Contains(message, said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_with_any_number_of_classes_has_no_temperature()
    {
        EncoderConfig config = ToyData.Config with { ProblemType = ModelConfig.MultiLabel };
        using LanguageModel model = LanguageModel.Create(config, ModelTask.SequenceClassification, ["a", "b"], 1);
        Assert.False(ModelCalibration.Suits(model));
        Assert.Throws<ArgumentException>(() => ModelCalibration.Fit(model, ToyData.Make(4), cancellation: TestContext.Current.CancellationToken));
    }

    /// <summary>Predictions of 95% of which four in five are right.</summary>
    private static (ProbabilityTable Table, int[] Labels) TooSure(int count, int offset)
    {
        var table = new ProbabilityTable(count, 2);
        int[] labels = new int[count];
        for (int i = 0; i < count; i++)
        {
            int said = i % 2;
            (table.Row(i)[said], table.Row(i)[1 - said]) = (0.95, 0.05);
            labels[i] = (i + offset) % 5 == 0 ? 1 - said : said;
        }
        return (table, labels);
    }
}
