using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Journals;
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
            model.Parameters[0].Value[Array.IndexOf(File.ReadAllLines(Path.Combine(workspace.Folder, "vocab.txt")), "film")].fill_(3e38f);
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
