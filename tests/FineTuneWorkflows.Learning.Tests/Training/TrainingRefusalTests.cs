using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Tests.Support;
using FineTuneWorkflows.Learning.Training;

namespace FineTuneWorkflows.Learning.Tests.Training;

public class TrainingRefusalTests
{
    [Fact]
    public void Bad_examples_are_refused_before_the_first_step()
    {
        Assert.Contains("training data is empty", Refusal(new ToyData([], [])), StringComparison.Ordinal);
        Assert.Contains("Example 1 of the training data has label 2; with 2 classes it must be 0 to 1", Refusal(new ToyData([[2], [2]], [0, 2])),
            StringComparison.Ordinal);
        Assert.Contains("Example 0 of the training data has label -1", Refusal(new ToyData([[2]], [-1])), StringComparison.Ordinal);
        Assert.Contains("Example 0 of the training data has token id 60 at place 1", Refusal(new ToyData([[2, 60]], [0])), StringComparison.Ordinal);
        Assert.Contains("Example 0 of the training data has 25 tokens, but the model has 24 positions", Refusal(new ToyData([new int[25]], [0])),
            StringComparison.Ordinal);
        Assert.Contains("Example 0 of the training data has no tokens", Refusal(new ToyData([[]], [0])), StringComparison.Ordinal);
        Assert.Contains("Example 0 of the validation data has label 7", Refusal(ToyData.Make(3), new ToyData([[2]], [7])), StringComparison.Ordinal);
        Assert.Contains("validation data is empty", Refusal(ToyData.Make(3), new ToyData([], [])), StringComparison.Ordinal);
    }

    [Fact]
    public void Options_out_of_range_are_refused_by_name_and_value()
    {
        Assert.Contains("Epochs", Refusal(new TrainingOptions { Epochs = -1 }), StringComparison.Ordinal);
        Assert.Contains("It is -1", Refusal(new TrainingOptions { Epochs = -1 }), StringComparison.Ordinal);
        Assert.Contains("LearningRate", Refusal(new TrainingOptions { LearningRate = 0 }), StringComparison.Ordinal);
        Assert.Contains("LearningRate", Refusal(new TrainingOptions { LearningRate = double.NaN }), StringComparison.Ordinal);
        Assert.Contains("WarmupRatio", Refusal(new TrainingOptions { WarmupRatio = 1.5 }), StringComparison.Ordinal);
        Assert.Contains("validation/accuracy", Refusal(new TrainingOptions { BestMetric = "acc" }), StringComparison.Ordinal);
        Assert.Contains("no validation data", Refusal(new TrainingOptions { EarlyStoppingPatience = 2 }), StringComparison.Ordinal);
        Assert.Contains("Schedule", Refusal(new TrainingOptions { Schedule = (ScheduleKind)9 }), StringComparison.Ordinal);
        Assert.Contains("SchedulePower is 2, but Schedule is Cosine", Refusal(new TrainingOptions { SchedulePower = 2, Schedule = ScheduleKind.Cosine }), StringComparison.Ordinal);
    }

    [Fact]
    public void Defaults_are_those_that_the_documentation_states()
    {
        var options = new TrainingOptions();
        Assert.Equal((3, 2e-5, 32, 0.01, 0.1), (options.Epochs, options.LearningRate, options.BatchSize, options.WeightDecay, options.WarmupRatio));
        Assert.Equal((ScheduleKind.Linear, 1.0, 0.0, 0.9, 0.999), (options.Schedule, options.GradientClip, options.LabelSmoothing, options.Beta1,
            options.Beta2));
        Assert.Equal((1e-8, 42L, 0, "validation/loss"), (options.Epsilon, options.Seed, options.EarlyStoppingPatience, options.BestMetric));
        Assert.Equal((0, 300, 2, 0), (options.CheckpointEverySteps, options.CheckpointEverySeconds, options.KeepCheckpoints, options.Threads));
        Assert.Equal((0, 0, null, 1.0), (options.BatchTokens, options.MicroBatchSize, options.WarmupSteps, options.SchedulePower));
        Assert.Equal((ClassWeighting.None, 1.0, null), (options.ClassWeights, options.LayerDecay, options.HeadLearningRate));
        Assert.Equal((false, Precision.Float32, false), (options.GradientCheckpointing, options.Precision, options.Deterministic));
        options.Check(hasValidation: false);
    }

    [Fact]
    public void A_data_set_smaller_than_a_batch_is_refused() => Assert.Contains(
        "BatchSize is 32, but the training data has 3 examples", Refusal(ToyData.Make(3)), StringComparison.Ordinal);

    [Fact]
    public void A_token_budget_that_cuts_batches_takes_data_of_less_than_BatchSize()
    {
        using var folder = new TemporaryFolder();
        using LanguageModel model = LanguageModel.Create(ToyData.Config, ModelTask.SequenceClassification, ["a", "b"], 1);
        var options = new TrainingOptions { Epochs = 1, BatchTokens = 40, Threads = 1 };
        ToyData data = ToyData.Make(12);
        TrainingResult result = Trainer.Run(model, data, null, options, folder.Path, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(Batcher.Shuffled(data, 32, options.Seed, 0, 40).Length, result.Steps);
        Assert.InRange(result.Steps, 2, 12);
        Assert.StartsWith(
            "BatchSize is 32 and BatchTokens 400, but the training data has 12 examples with ",
            Assert.Throws<TrainingException>(() => Trainer.Run(model, data, null, options with { BatchTokens = 400 }, folder["other"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_contradict_each_other_are_refused()
    {
        Assert.Contains("MicroBatchSize and BatchSize: 33 texts cannot be computed at once of a step of 32", Refusal(new TrainingOptions { MicroBatchSize = 33 }), StringComparison.Ordinal);
        using var folder = new TemporaryFolder();
        using LanguageModel model = LanguageModel.Create(ToyData.Config, ModelTask.SequenceClassification, ["a", "b"], 1);
        var options = new TrainingOptions { WarmupSteps = 7, BatchSize = 4, Epochs = 2, Threads = 1 };
        Assert.Contains("WarmupSteps is 7, but the whole training has 6 steps", Assert.Throws<TrainingException>(() =>
            Trainer.Run(model, ToyData.Make(12), null, options, folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_validation_data_the_last_epochs_weights_are_kept()
    {
        using var folder = new TemporaryFolder();
        using LanguageModel model = LanguageModel.Create(ToyData.Config, ModelTask.SequenceClassification, ["a", "b"], 1);
        TrainingResult result = Trainer.Run(
            model, ToyData.Make(3), null, new TrainingOptions { Epochs = 2, BatchSize = 3, Threads = 1 }, folder.Path,
                cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((2L, 2, 2L), (result.Steps, result.BestEpoch, result.BestStep));
        Assert.Empty(result.Metrics);
    }

    [Fact]
    public void Patience_ends_the_training_and_the_best_epochs_weights_are_returned()
    {
        using var folder = new TemporaryFolder();
        ToyData training = ToyData.Make(64);
        // Labels turned round: the better the training data is learned, the worse the validation gets.
        var validation = new ToyData(training.Tokens, [.. training.Labels.Select(label => 1 - label)]);
        using LanguageModel model = LanguageModel.Create(ToyData.Config, ModelTask.SequenceClassification, ["a", "b"], 1);
        var options = new TrainingOptions { Epochs = 50, BatchSize = 16, LearningRate = 5e-3, WarmupRatio = 0, Threads = 1,
            EarlyStoppingPatience = 3 };
        TrainingResult result = Trainer.Run(model, training, validation, options, folder.Path, cancellation: TestContext.Current.CancellationToken);
        Assert.True(result.StoppedEarly);
        Assert.Equal(result.History.Count, result.BestEpoch + 3);
        Assert.Equal(result.History.Min(epoch => epoch.Metrics[BestMetrics.Loss]), result.Metrics[BestMetrics.Loss]);
    }

    private static string Refusal(ToyData training, ToyData? validation = null)
    {
        using var folder = new TemporaryFolder();
        using LanguageModel model = LanguageModel.Create(ToyData.Config, ModelTask.SequenceClassification, ["a", "b"], 1);
        return Assert.Throws<TrainingException>(() => Trainer.Run(
            model, training, validation, new TrainingOptions(), folder.Path, cancellation: TestContext.Current.CancellationToken)).Message;
    }

    private static string Refusal(TrainingOptions options) => Assert.Throws<TrainingException>(() => options.Check(hasValidation: false)).Message;
}
