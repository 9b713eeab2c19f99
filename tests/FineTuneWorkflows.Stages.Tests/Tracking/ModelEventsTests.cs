using System.Text.Json;
using FineTuneWorkflows.Stages.Tests.Support;
using FineTuneWorkflows.Stages.Tracking;
using FineTuneWorkflows.Text.Tokenization;
using FineTuneWorkflows.Tracking.Events;
using FineTuneWorkflows.Tracking.Models;
using RunStatus = FineTuneWorkflows.Pipelines.Contract.Events.RunStatus;

namespace FineTuneWorkflows.Stages.Tests.Tracking;

/// <summary>What tracking is told of the models of each task.</summary>
public sealed class ModelEventsTests : IDisposable
{
    private static readonly object Small = new { baseModel = "tiny", layers = 1, hiddenSize = 64, epochs = 1, batchSize = 16, threads = 1, device = "cpu" };

    private readonly Workspace workspace = new();

    public void Dispose() => workspace.Dispose();

    [Fact]
    public async Task A_classifier_is_logged_as_one_and_its_version_tagged_with_accuracy_and_F1()
    {
        var (logged, tags) = await Track("train", ("Fetch", "FineTune.FetchData", new { source = workspace.Data }), ("Tokenize", "FineTune.Tokenize", new { vocabulary = "vocab.txt", maxLength = 16 }), ("Train", "FineTune.FineTune", Small));
        Assert.Contains("    task: text-classification\n", logged, StringComparison.Ordinal);
        Assert.Equal(["baseline/accuracy", "baseline/f1_macro", "test/accuracy", "test/f1_macro"], tags);
    }

    [Fact]
    public async Task A_tagger_is_logged_as_one_and_its_version_tagged_with_entities_F1_precision_and_recall()
    {
        var data = workspace.Write("entities.jsonl", string.Concat(Enumerable.Range(0, 60).Select(i => JsonSerializer.Serialize(
            new { text = Workspace.Sentence(i), entities = new[] { new { start = 4, end = Workspace.Sentence(i).IndexOf(" was", StringComparison.Ordinal), label = "Thing" } } }) + "\n")));
        var (logged, tags) = await Track("train", ("Fetch", "FineTune.FetchData", new { source = data }), ("Tokenize", "FineTune.Tokenize", new { vocabulary = "vocab.txt", maxLength = 16 }), ("Train", "FineTune.FineTune", Small));
        Assert.Contains("    task: token-classification\n", logged, StringComparison.Ordinal);
        Assert.Equal(["baseline/f1", "baseline/f1_macro", "baseline/precision", "baseline/recall", "test/f1", "test/f1_macro", "test/precision", "test/recall"], tags);
    }

    [Fact]
    public async Task A_pretrained_base_is_logged_as_guessing_masked_words_and_its_version_tagged_with_perplexity()
    {
        var texts = workspace.Write("texts.txt", string.Concat(Enumerable.Range(0, 100).Select(i => Workspace.Sentence(i) + "\n")));
        var (logged, tags) = await Track(
            "pretrain", ("Fetch", "FineTune.FetchData", new { source = texts, kind = "PlainText" }), ("Tokenize", "FineTune.Tokenize", new { vocabulary = "vocab.txt", maxLength = 16 }), ("Train", "FineTune.Pretrain", Small));
        Assert.Contains("    task: fill-mask\n", logged, StringComparison.Ordinal);
        Assert.Equal(["test/accuracy", "test/perplexity"], tags);
    }

    [Fact]
    public void Every_file_that_a_tokenizer_may_write_goes_to_the_tokenizer_of_the_logged_model()
    {
        var model = Directory.CreateDirectory(Path.Combine(workspace.Folder, "model")).FullName;
        foreach (var name in Tokenizer.FileNames)
            File.WriteAllText(Path.Combine(model, name), "{}");
        File.WriteAllText(Path.Combine(model, "config.json"), """{"architectures":["XLMRobertaForSequenceClassification"],"model_type":"xlm-roberta"}""");
        File.WriteAllText(Path.Combine(model, "model.safetensors"), "weights");
        MlflowModelFolder.Write(new() { Folder = model }, Path.Combine(workspace.Folder, "out"));
        Assert.Equal(
            Tokenizer.FileNames.Append("config.json").Order(StringComparer.Ordinal),
            Directory.GetFiles(Path.Combine(workspace.Folder, "out", "components", "tokenizer")).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        Assert.Equal(["config.json", "model.safetensors"], Directory.GetFiles(Path.Combine(workspace.Folder, "out", "model")).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
    }

    /// <summary>The logged model's MLmodel, and the names of the figures that its registered version is tagged with.</summary>
    private async Task<(string MLmodel, IEnumerable<string> Figures)> Track(string name, params (string, string, object)[] training)
    {
        var result = await workspace.RunAsync(workspace.Chain(
            [.. training, ("Evaluate", "FineTune.Evaluate", new { threads = 1, device = "cpu", baseline = "NaiveBayes" }), ("Register", "FineTune.RegisterModel", new { modelName = name })]));
        Assert.True(result.Status == RunStatus.Succeeded, string.Join("; ", result.Stages.Select(s => $"{s.Stage.Name}: {s.Result.Reason}")));
        var translator = new JournalTranslator(workspace.Home);
        var events = workspace.Journal(result.RunId).SelectMany(e => translator.Translate(result.RunId, e)).ToList();
        var logged = Assert.Single(events.OfType<ModelLogged>());
        var registered = Assert.Single(events.OfType<ModelRegistered>());
        return (await File.ReadAllTextAsync(Path.Combine(logged.LocalPath, "MLmodel"), TestContext.Current.CancellationToken), registered.Tags!.Select(t => t.Key).Where(k => k is not ("data" or "test_data")).Order(StringComparer.Ordinal));
    }
}
