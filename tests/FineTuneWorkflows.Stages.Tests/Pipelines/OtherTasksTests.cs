using System.Text.Json;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Stages.Prediction;
using FineTuneWorkflows.Stages.Tests.Support;

namespace FineTuneWorkflows.Stages.Tests.Pipelines;

/// <summary>Pipelines of the tasks beside one class for a text.</summary>
public sealed class OtherTasksTests : IDisposable
{
    private readonly Workspace workspace = new();

    [Fact]
    public async Task Entities_are_learned_measured_beside_a_baseline_and_marked_in_new_texts()
    {
        var data = workspace.Write("entities.jsonl", string.Concat(Enumerable.Range(0, 80).Select(Marked)));
        var result = await workspace.RunAsync(workspace.Chain(
            ("Fetch", "FineTune.FetchData", new { source = data }),
            ("Tokenize", "FineTune.Tokenize", new { vocabulary = "vocab.txt", maxLength = 16 }),
            ("FineTune", "FineTune.FineTune", new { baseModel = "tiny", epochs = 8, learningRate = 3e-3, batchSize = 8, threads = 1, device = "cpu", bestMetric = "validation/f1" }),
            ("Evaluate", "FineTune.Evaluate", new { threads = 1, device = "cpu" })));
        Assert.True(result.Status == RunStatus.Succeeded, string.Join("; ", result.Stages.Select(s => $"{s.Stage.Name}: {s.Result.Reason}")));
        Assert.Equal(1, result.Metrics()["test/f1"], 0.1);
        // The same word is a thing or nothing by what stands before it, which a word's most frequent tag cannot know.
        Assert.InRange(result.Metrics()["baseline/f1"], 0, 0.9);
        Assert.Contains("\"predicted\":[\"O\"", File.ReadAllText(Path.Combine(result.Of("Evaluate").Artifacts["evaluation"].Path, "predictions.jsonl")), StringComparison.Ordinal);

        using var predictor = TextPredictor.Load(result.Of("FineTune").Artifacts["model"].Path, "cpu");
        var prediction = Assert.Single(predictor.Predict(["the film was very good !"], cancellationToken: TestContext.Current.CancellationToken));
        var entity = Assert.Single(prediction.Entities!);
        Assert.Equal(("Thing", 4, 8, "film"), (entity.Label, entity.Start, entity.End, entity.Text));
    }

    [Fact]
    public async Task A_base_is_pretrained_on_plain_text_with_a_vocabulary_of_its_own_and_then_fine_tuned()
    {
        var texts = workspace.Write("texts.txt", string.Concat(Enumerable.Range(0, 200).Select(i => Workspace.Sentence(i) + "\n")));
        var pretraining = await workspace.RunAsync(workspace.Chain(
            ("Fetch", "FineTune.FetchData", new { source = texts, kind = "PlainText" }),
            ("Vocabulary", "FineTune.TrainTokenizer", new { vocabularySize = 100 }),
            ("Tokenize", "FineTune.Tokenize", new { maxLength = 16, packing = "Off" }),
            ("Pretrain", "FineTune.Pretrain", new { baseModel = "tiny", layers = 1, hiddenSize = 64, epochs = 2, batchSize = 16, threads = 1, device = "cpu" }),
            ("Evaluate", "FineTune.Evaluate", new { threads = 1, device = "cpu" })));
        Assert.True(pretraining.Status == RunStatus.Succeeded, string.Join("; ", pretraining.Stages.Select(s => $"{s.Stage.Name}: {s.Result.Reason}")));
        Assert.Equal(Math.Exp(pretraining.Metrics()["test/loss"]), pretraining.Metrics()["test/perplexity"], 1e-6);
        var folder = pretraining.Of("Pretrain").Artifacts["model"].Path;
        Assert.Equal("BertForMaskedLM", JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "config.json"))).RootElement.GetProperty("architectures")[0].GetString());

        var tuned = await workspace.RunAsync(workspace.Chain(
            ("Fetch", "FineTune.FetchData", new { source = workspace.Data }),
            ("Tokenize", "FineTune.Tokenize", new { baseModel = folder, maxLength = 16 }),
            ("FineTune", "FineTune.FineTune", new { baseModel = folder, epochs = 8, learningRate = 3e-3, batchSize = 16, threads = 1, device = "cpu" }),
            ("Evaluate", "FineTune.Evaluate", new { baseline = "None", threads = 1, device = "cpu" })));
        Assert.True(tuned.Status == RunStatus.Succeeded, string.Join("; ", tuned.Stages.Select(s => $"{s.Stage.Name}: {s.Result.Reason}")));
        Assert.InRange(tuned.Metrics()["test/accuracy"], 0.8, 1);
    }

    [Fact]
    public async Task A_decoder_learns_from_plain_text_with_byte_pairs_of_its_own_and_writes()
    {
        var texts = workspace.Write("texts.txt", string.Concat(Enumerable.Range(0, 200).Select(i => Workspace.Sentence(i) + "\n")));
        var result = await workspace.RunAsync(workspace.Chain(
            ("Fetch", "FineTune.FetchData", new { source = texts, kind = "PlainText" }),
            ("Vocabulary", "FineTune.TrainTokenizer", new { kind = "BytePair", vocabularySize = 320 }),
            ("Tokenize", "FineTune.Tokenize", new { maxLength = 32 }),
            ("FineTune", "FineTune.FineTune", new { baseModel = "gpt2-tiny", layers = 1, hiddenSize = 64, epochs = 12, learningRate = 5e-3, batchSize = 8, threads = 1, device = "cpu" }),
            ("Evaluate", "FineTune.Evaluate", new { threads = 1, device = "cpu" })));
        Assert.True(result.Status == RunStatus.Succeeded, string.Join("; ", result.Stages.Select(s => $"{s.Stage.Name}: {s.Result.Reason}")));
        Assert.InRange(result.Metrics()["test/perplexity"], 1, 12);
        var folder = result.Of("FineTune").Artifacts["model"].Path;
        Assert.Equal("GPT2LMHeadModel", JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "config.json"))).RootElement.GetProperty("architectures")[0].GetString());
        var samples = File.ReadAllLines(Path.Combine(result.Of("Evaluate").Artifacts["evaluation"].Path, "samples.jsonl"));
        Assert.NotEmpty(samples);

        using var predictor = TextPredictor.Load(folder, "cpu", options: new() { Generation = new() { Temperature = 0, MaxNewTokens = 12 } });
        var words = texts.Length > 0 ? File.ReadAllText(texts).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).ToHashSet() : [];
        var written = Assert.Single(predictor.Predict(["the film"], cancellationToken: TestContext.Current.CancellationToken)).Continuation!;
        // It has learned the sentences' words and what stands between them.
        Assert.Contains(written.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0].Trim('\n'), words);
    }

    [Fact]
    public async Task What_does_not_fit_together_is_refused_by_name()
    {
        var failure = await workspace.FailureOf(
            ("Fetch", "FineTune.FetchData", new { source = workspace.Data }),
            ("Tokenize", "FineTune.Tokenize", new { vocabulary = "vocab.txt", maxLength = 16 }),
            ("FineTune", "FineTune.FineTune", new { baseModel = "tiny", task = "TokenClassification", device = "cpu" }));
        Assert.Contains("parameter Task: is TokenClassification, but the tokens are of TextClassification", failure, StringComparison.Ordinal);
        failure = await workspace.FailureOf(
            ("Fetch", "FineTune.FetchData", new { source = workspace.Data }),
            ("Tokenize", "FineTune.Tokenize", new { vocabulary = "vocab.txt", maxLength = 16 }),
            ("Pretrain", "FineTune.Pretrain", new { baseModel = "tiny", device = "cpu" }));
        Assert.Contains("pre-training takes plain text", failure, StringComparison.Ordinal);
        failure = await workspace.FailureOf(
            ("Fetch", "FineTune.FetchData", new { source = workspace.Data }),
            ("Tokenize", "FineTune.Tokenize", new { maxLength = 16 }));
        Assert.Contains("put a stage FineTune.TrainTokenizer before this one", failure, StringComparison.Ordinal);
    }

    public void Dispose() => workspace.Dispose();

    private static string Marked(int i)
    {
        var word = ((string[])["film", "phone", "meal", "song", "book", "game", "room", "shop"])[i % 8];
        var quality = ((string[])["good", "great", "lovely", "fine", "superb", "bad", "awful", "poor", "sad", "dull"])[i / 8 % 10];
        // After "the" a thing is an entity, after "a" it is not.
        var isEntity = (i / 8 + i) % 2 == 0;
        object[] entities = isEntity ? [new { start = 4, end = 4 + word.Length, label = "Thing" }] : [];
        return JsonSerializer.Serialize(new { text = isEntity ? $"the {word} was {quality} !" : $"{quality} was a {word} .", entities }) + "\n";
    }
}
