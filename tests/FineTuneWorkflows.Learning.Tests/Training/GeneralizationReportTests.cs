using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Tests.Support;
using FineTuneWorkflows.Learning.Training;
using FineTuneWorkflows.Learning.Training.Generalization;

namespace FineTuneWorkflows.Learning.Tests.Training;

public class GeneralizationReportTests
{
    private static readonly TrainingOptions Options = new() { Epochs = 25, BatchSize = 16, LearningRate = 5e-3, WarmupRatio = 0, Threads = 1, BestMetric = BestMetrics.Accuracy };

    [Fact]
    public void What_was_learned_by_heart_shows_as_a_gap()
    {
        ToyData data = ToyData.Make(48, seed: 3);
        // Labels without a reason: they can be learned by heart and no other way.
        var training = new ToyData(data.Tokens, [.. Enumerable.Range(0, data.Count).Select(i => i * 7 / 3 % 2)]);
        ToyData validation = ToyData.Make(24, seed: 4);
        (GeneralizationReport report, TrainingResult result) = Train(training, validation, Options with { BestMetric = BestMetrics.Loss, Epochs = 40 }, lastEpoch: true);

        Assert.Equal((24, 48, 24), (report.TrainingCount, report.TrainingTotal, report.ValidationCount));
        Assert.Equal(["accuracy", "ece", "f1_macro", "f1_weighted", "loss", "mcc"], report.Gaps.Select(gap => gap.Metric));
        GeneralizationGap accuracy = report.Gaps[0], loss = report.Gaps[4];
        Assert.Equal(result.Metrics[BestMetrics.Accuracy], accuracy.Validation);
        Assert.True(accuracy.Gap > 0.2 && loss.Gap > 0.2, report.ToString());
        Assert.Equal(accuracy.Training - accuracy.Validation, accuracy.Gap);
        Assert.Equal(loss.Validation - loss.Training, loss.Gap);
        Assert.Equal(accuracy.Gap, report.ToMetrics()["generalization/gap/accuracy"]);
        Assert.Contains("24 of 48 training texts", report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_data_on_both_sides_have_no_gap()
    {
        ToyData data = ToyData.Make(32);
        (GeneralizationReport report, _) = Train(data, data, Options with { Epochs = 2 });
        Assert.Equal(32, report.TrainingCount);
        Assert.All(report.Gaps, gap => Assert.Equal(0, gap.Gap, 1e-9));
    }

    [Fact]
    public void A_sample_depends_on_the_seed_alone_and_keeps_each_example_whole()
    {
        ToyData data = ToyData.Make(40);
        var sample = new SequenceSample(data, 10, seed: 5);
        int[] lengths = [.. Enumerable.Range(0, 10).Select(sample.Length)];
        Assert.Equal(lengths, Enumerable.Range(0, 10).Select(new SequenceSample(data, 10, seed: 5).Length));
        Assert.NotEqual(lengths, Enumerable.Range(0, 10).Select(new SequenceSample(data, 10, seed: 6).Length));
        int[] tokens = new int[24];
        for (int i = 0; i < 10; i++)
        {
            sample.CopyTokens(i, tokens);
            int[] own = tokens[..sample.Length(i)];
            Assert.Contains(Enumerable.Range(0, 40), k => data.Tokens[k].SequenceEqual(own) && data.Labels[k] == sample.Label(i));
        }
    }

    private static (GeneralizationReport Report, TrainingResult Result) Train(ToyData training, ToyData validation, TrainingOptions options, bool lastEpoch = false)
    {
        using var folder = new TemporaryFolder();
        EncoderConfig config = ToyData.Config with { HiddenDropout = 0, AttentionDropout = 0 };
        using LanguageModel model = LanguageModel.Create(config, ModelTask.SequenceClassification, ["a", "b"], 1);
        TrainingResult result = Trainer.Run(
            model, training, lastEpoch ? null : validation, options, folder.Path, cancellation: TestContext.Current.CancellationToken);
        if (lastEpoch)
        {
            // The last epoch's weights, which the best epoch's would hide.
            IReadOnlyDictionary<string, double> measured = Trainer.Measure(model, validation, threads: 1, cancellation: TestContext.Current.CancellationToken);
            result = result with { Metrics = measured.ToDictionary(pair => "validation/" + pair.Key, pair => pair.Value) };
        }
        return (GeneralizationReport.Measure(model, training, validation, result, options, cancellation: TestContext.Current.CancellationToken), result);
    }
}
