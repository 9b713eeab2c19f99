using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Tests.Support;
using FineTuneWorkflows.Learning.Training;
using FineTuneWorkflows.Learning.Training.Tasks;

namespace FineTuneWorkflows.Learning.Tests.Training;

/// <summary>The best epoch by any metric that the task has.</summary>
public class BestMetricsTests
{
    private static readonly TrainingOptions Options = new() { Epochs = 8, BatchSize = 16, LearningRate = 1e-2, WarmupRatio = 0, Threads = 1, CheckpointEverySeconds = 0 };

    public static TheoryData<ModelTask, string> AllOfAllTasks()
    {
        var data = new TheoryData<ModelTask, string>();
        foreach ((ModelTask task, LanguageModel model) in Models())
        {
            using (model)
                data.AddRange([.. Task(model).Metrics.Select(metric => new TheoryDataRow<ModelTask, string>(task, metric))]);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(AllOfAllTasks))]
    public void The_epoch_is_kept_in_which_the_metric_was_best(ModelTask task, string metric)
    {
        using var folder = new TemporaryFolder();
        using LanguageModel model = Models().Single(pair => pair.Task == task).Model;
        MaskingOptions? masking = Masking(model);
        TrainingResult result = Trainer.Run(
            model, Data(60, 1), Data(30, 2), Options with { BestMetric = metric }, folder.Path, cancellation: TestContext.Current.CancellationToken, masking: masking);
        double[] values = [.. result.History.Select(epoch => epoch.Metrics[metric])];
        double best = metric is BestMetrics.Loss or BestMetrics.Perplexity or BestMetrics.CalibrationError ? values.Min() : values.Max();
        Assert.Equal((Array.IndexOf(values, best) + 1, best), (result.BestEpoch, result.Metrics[metric]));
        // The model has that epoch's weights.
        IReadOnlyDictionary<string, double> measured = Trainer.Measure(model, Data(30, 2), 16, threads: 1, masking: masking, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(best, measured[metric["validation/".Length..]], 1e-9);
        Assert.Equal(result.Metrics.Keys.Order(StringComparer.Ordinal), Task(model).Metrics.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Metrics_do_not_agree_on_the_best_epoch_so_that_the_choice_matters()
    {
        using var folder = new TemporaryFolder();
        using LanguageModel model = Models().First().Model;
        TrainingResult result = Trainer.Run(model, Data(60, 1), Data(30, 2), Options, folder.Path, cancellation: TestContext.Current.CancellationToken);
        int Best(string metric) => result.History.MaxBy(epoch => BestMetrics.IsLowerBetter(metric) ? -epoch.Metrics[metric] : epoch.Metrics[metric])!.Epoch;
        Assert.NotEqual(Best(BestMetrics.Loss), Best(BestMetrics.Accuracy));
        Assert.NotEqual(Best(BestMetrics.CalibrationError), Best(BestMetrics.MacroF1));
    }

    [Fact]
    public void A_metric_that_the_task_does_not_have_is_refused_with_those_it_has()
    {
        using var folder = new TemporaryFolder();
        using LanguageModel model = Models().First().Model;
        var exception = Assert.Throws<TrainingException>(() => Trainer.Run(model, Data(60, 1), Data(30, 2), Options with { BestMetric = BestMetrics.Perplexity }, folder.Path));
        Assert.Equal(
            "BestMetric is 'validation/perplexity', which SequenceClassification does not have; use validation/loss, validation/accuracy, validation/f1_macro, validation/f1_weighted, "
            + "validation/mcc, validation/ece.",
            exception.Message);
    }

    [Fact]
    public void A_metric_without_validation_data_is_refused()
    {
        var exception = Assert.Throws<TrainingException>(() => new TrainingOptions { BestMetric = BestMetrics.Accuracy }.Check(hasValidation: false));
        Assert.StartsWith("BestMetric is 'validation/accuracy', but there is no validation data to measure it on.", exception.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<(ModelTask Task, LanguageModel Model)> Models()
    {
        foreach (ModelTask task in (ModelTask[])[ModelTask.SequenceClassification, ModelTask.TokenClassification, ModelTask.MaskedLanguageModeling])
        {
            string[] labels = task switch { ModelTask.SequenceClassification => ["a", "b"], ModelTask.TokenClassification => ["O", "B-x", "B-y"], _ => [] };
            yield return (task, LanguageModel.Create(ToyData.Config, task, labels, seed: 3));
        }
    }

    private static SequenceTask Task(LanguageModel model) => (SequenceTask)TrainingTasks.Make(model, Data(4, 1), null, Options, Masking(model));

    private static MaskingOptions? Masking(LanguageModel model) => model.Task == ModelTask.MaskedLanguageModeling ? new() { MaskTokenId = 4, SpecialTokenIds = [0, 2] } : null;

    private static LabelledData Data(int count, long seed)
    {
        ToyData toy = ToyData.Make(count, seed: seed);
        return new LabelledData(toy.Tokens)
        {
            Labels = toy.Labels,
            TokenLabels = [.. toy.Tokens.Select(tokens => tokens.Select((token, place) => place == 0 ? -100 : token < 30 ? 1 + ((token + place) % 2) : 0).ToArray())],
        };
    }
}
