using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Definitions;
using FineTuneWorkflows.Stages.Tests.Support;
using TorchSharp;

namespace FineTuneWorkflows.Stages.Tests.BadInput;

/// <summary>Parameters that contradict each other or the data: refused before the first step, by their names.</summary>
public sealed class BadTrainingTests : IDisposable
{
    private readonly Workspace workspace = new();

    [Fact]
    public Task Packing_texts_that_have_labels_is_refused() => RefusedAsync(
        "parameter Packing: is On, but the data are of TextClassification, where each text has its own label; only PlainText and Conversations can be joined to rows. Set it to Auto or Off",
        tokenize: new { vocabulary = "vocab.txt", maxLength = 16, packing = "On" });

    [Fact]
    public Task A_warm_up_that_is_longer_than_the_training_is_refused() => RefusedAsync(
        "WarmupSteps is 500, but the whole training has", train: new { baseModel = "tiny", epochs = 1, batchSize = 16, warmupSteps = 500, device = "cpu" });

    [Fact]
    public Task Training_data_that_are_fewer_than_a_batch_are_refused() => RefusedAsync(
        "BatchSize is 4096, but the training data has", train: new { baseModel = "tiny", batchSize = 4096, device = "cpu" });

    [Fact]
    public void A_warm_up_both_in_steps_and_as_a_share_is_refused() => RefusedAtOnce(
        "WarmupSteps and WarmupRatio: the learning rate cannot rise both in 5 steps and in a share of 0.2 of all; leave one of them out",
        train: new { baseModel = "tiny", batchSize = 16, warmupSteps = 5, warmupRatio = 0.2, device = "cpu" });

    [Fact]
    public void A_power_of_a_schedule_that_has_none_is_refused() => RefusedAtOnce(
        "SchedulePower and Schedule: SchedulePower is 2, but Schedule is Cosine, which has no power; set Schedule to Polynomial, or leave SchedulePower out",
        train: new { baseModel = "tiny", batchSize = 16, schedule = "Cosine", schedulePower = 2.0, device = "cpu" });

    [Fact]
    public Task Masks_of_a_task_that_masks_nothing_are_refused() => RefusedAsync(
        "parameter MaskProbability: is 0.3, but the model is trained for SequenceClassification, which masks nothing; leave it out",
        train: new { baseModel = "tiny", batchSize = 16, maskProbability = 0.3, device = "cpu" });

    [Fact]
    public void More_than_all_masks_are_refused() => RefusedAtOnce(
        "MaskShare and RandomShare: 0.8 and 0.3 of the predicted tokens are more than all",
        train: new { baseModel = "tiny", batchSize = 16, randomShare = 0.3, device = "cpu" });

    [Fact]
    public Task Pooling_of_a_decoder_is_refused() => RefusedAsync(
        "Pooling is Mean, but a model of family gpt2 classifies by a sequence's last token",
        train: new { baseModel = "gpt2-tiny", batchSize = 16, pooling = "Mean", device = "cpu" });

    [Fact]
    public Task A_metric_that_the_task_does_not_have_is_refused_with_those_it_has() => RefusedAsync(
        "BestMetric is 'validation/perplexity', which SequenceClassification does not have; use validation/loss, validation/accuracy, validation/f1_macro, validation/f1_weighted, validation/mcc, validation/ece.",
        train: new { baseModel = "tiny", batchSize = 16, bestMetric = "validation/perplexity", device = "cpu" });

    [Fact]
    public async Task Rows_without_a_label_are_refused_by_their_line()
    {
        var data = workspace.Write("unlabelled.jsonl", Workspace.Rows(20) + "{\"text\":\"the film was good\"}\n" + Workspace.Rows(20));
        await RefusedAsync($"{data}:21:", fetch: new { source = data });
    }

    [Fact]
    public async Task Texts_that_are_longer_than_the_model_has_positions_are_refused()
    {
        var data = workspace.Write("long.jsonl", string.Concat(Enumerable.Range(0, 60).Select(i =>
            $"{{\"text\":\"{string.Join(' ', Enumerable.Repeat("film", 600))} x{i}\",\"label\":\"{(i % 2 == 0 ? "positive" : "negative")}\"}}\n")));
        await RefusedAsync(
            "tokens, but the model has 512 positions (max_position_embeddings). Tokenize with a smaller MaxLength", fetch: new { source = data }, tokenize: new { vocabulary = "vocab.txt", maxLength = 1000 });
    }

    [Fact]
    public async Task A_loss_that_is_no_number_stops_the_run_and_names_step_batch_and_example()
    {
        // A base whose word "film" has numbers that are finite, but not their squares.
        TorchRuntime.EnsureLoaded();
        var config = (EncoderConfig)ModelPresets.Get("tiny", File.ReadAllLines(Path.Combine(workspace.Folder, "vocab.txt")).Length, layers: 1);
        var folder = Path.Combine(workspace.Folder, "overflowing");
        using (var model = LanguageModel.Create(config, ModelTask.MaskedLanguageModeling, [], seed: 1))
        using (torch.no_grad())
        {
            using Scalar huge = 3e38f;
            model.Parameters[0].Value[Array.IndexOf(File.ReadAllLines(Path.Combine(workspace.Folder, "vocab.txt")), "film")].fill_(huge);
            model.Save(folder);
        }

        File.Copy(Path.Combine(workspace.Folder, "vocab.txt"), Path.Combine(folder, "vocab.txt"));
        var failure = await workspace.FailureOf(
            ("Fetch", "FineTune.FetchData", new { source = workspace.Data }),
            ("Tokenize", "FineTune.Tokenize", new { baseModel = folder, maxLength = 16 }),
            ("FineTune", "FineTune.FineTune", new { baseModel = folder, batchSize = 16, threads = 1, device = "cpu" }));
        Assert.Matches(@"The loss became NaN at step \d+ of \d+, in epoch 1, batch \d+ of \d+ \(examples [\d, ]+ and 8 more of the training data\)\. The loss of example \d+ alone is NaN\. Try a lower LearningRate \(it is 2E-05\) .* There is no checkpoint before it\.", failure);
    }

    public void Dispose() => workspace.Dispose();

    // Before anything runs.
    private void RefusedAtOnce(string message, object train) => Assert.Contains(
        message,
        Assert.Throws<DefinitionException>(() => workspace.Chain(
            ("Fetch", "FineTune.FetchData", new { source = workspace.Data }), ("Tokenize", "FineTune.Tokenize", new { vocabulary = "vocab.txt", maxLength = 16 }), ("FineTune", "FineTune.FineTune", train))).Message,
        StringComparison.Ordinal);

    private async Task RefusedAsync(string message, object? fetch = null, object? tokenize = null, object? train = null)
    {
        var result = await workspace.RunAsync(workspace.Chain(
            ("Fetch", "FineTune.FetchData", fetch ?? new { source = workspace.Data }),
            ("Tokenize", "FineTune.Tokenize", tokenize ?? new { vocabulary = "vocab.txt", maxLength = 16 }),
            ("FineTune", "FineTune.FineTune", train ?? Workspace.Training())));
        Assert.Equal(RunStatus.Failed, result.Status);
        Assert.Contains(message, result.Stages.First(s => s.Result.Outcome == StageOutcome.Failed).Result.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(workspace.Journal(result.RunId).OfType<MetricsLogged>(), m => m.Values.ContainsKey("train/loss"));
    }
}
