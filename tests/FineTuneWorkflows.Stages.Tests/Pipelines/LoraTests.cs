using System.Text.Json;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Definitions;
using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Stages.Prediction;
using FineTuneWorkflows.Stages.Tests.Support;

namespace FineTuneWorkflows.Stages.Tests.Pipelines;

/// <summary>Adapters in a pipeline: trained upon a base, merged or kept alone, measured and asked.</summary>
public sealed class LoraTests : IDisposable
{
    private readonly Workspace workspace = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Adapters_are_trained_upon_a_base_measured_and_asked_merged_or_alone(bool merge)
    {
        var baseFolder = await PretrainedAsync();
        var result = await workspace.RunAsync(workspace.Chain(
            ("Fetch", "FineTune.FetchData", new { source = workspace.Data }),
            ("Tokenize", "FineTune.Tokenize", new { baseModel = baseFolder, maxLength = 16 }),
            ("FineTune", "FineTune.FineTune", new { baseModel = baseFolder, epochs = 12, learningRate = 1e-2, batchSize = 16, pooling = "Mean", threads = 1, device = "cpu", loraRank = 4, loraTargets = new[] { "query", "value", "intermediate.dense", "output.dense" }, loraMerge = merge }),
            ("Evaluate", "FineTune.Evaluate", new { baseline = "None", threads = 1, device = "cpu" })));
        Assert.True(result.Status == RunStatus.Succeeded, string.Join("; ", result.Stages.Select(s => $"{s.Stage.Name}: {s.Result.Reason}")));
        Assert.InRange(result.Metrics()["test/accuracy"], 0.8, 1);

        var model = result.Of("FineTune").Artifacts["model"].Path;
        Assert.Equal(merge, File.Exists(Path.Combine(model, "model.safetensors")));
        var adapter = merge ? Path.Combine(model, "adapter") : model;
        using var config = JsonDocument.Parse(File.ReadAllText(Path.Combine(adapter, "adapter_config.json")));
        Assert.Equal(["intermediate.dense", "output.dense", "query", "value"], config.RootElement.GetProperty("target_modules").EnumerateArray().Select(t => t.GetString()));
        Assert.Equal(baseFolder, config.RootElement.GetProperty("base_model_name_or_path").GetString());
        using var digests = JsonDocument.Parse(File.ReadAllText(Path.Combine(adapter, "adapter_base.json")));
        Assert.Equal(64, digests.RootElement.GetProperty("model.safetensors").GetString()!.Length);
        Assert.Contains(merge ? "library_name: transformers" : "library_name: peft", File.ReadAllText(Path.Combine(model, "README.md")), StringComparison.Ordinal);
        Assert.Contains("| LoraRank | 4 |", File.ReadAllText(Path.Combine(model, "README.md")), StringComparison.Ordinal);

        var merged = Path.Combine(workspace.Folder, "merged");
        Assert.Contains("Merged adapters of rank 4", AdapterMerger.Merge(adapter, null, merged), StringComparison.Ordinal);
        Assert.Equal(FineTuneWorkflows.Text.Datasets.DataKind.TextClassification, ModelInput.Read(merged)!.Kind);
        if (merge)
            Assert.Equal(File.ReadAllBytes(Path.Combine(model, "model.safetensors")), File.ReadAllBytes(Path.Combine(merged, "model.safetensors")));
        Assert.Contains("whole model", Assert.Throws<StageException>(() => AdapterMerger.Merge(merged, null, merged)).Message, StringComparison.Ordinal);

        using var predictor = TextPredictor.Load(model, "cpu");
        Assert.Equal(["positive", "negative"], predictor.Predict(["the film was superb !", "the meal was awful ."], cancellationToken: TestContext.Current.CancellationToken).Select(p => p.Label));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Adapters_of_a_model_that_writes_are_trained_measured_and_asked_merged_or_alone(bool merge)
    {
        // Such a model has no head that is trained in full, so nothing but the adapters is.
        var texts = workspace.Write("texts.txt", string.Concat(Enumerable.Range(0, 200).Select(i => Workspace.Sentence(i) + "\n")));
        var scratch = await workspace.RunAsync(workspace.Chain(
            ("Fetch", "FineTune.FetchData", new { source = texts, kind = "PlainText" }),
            ("Vocabulary", "FineTune.TrainTokenizer", new { kind = "BytePair", vocabularySize = 320 }),
            ("Tokenize", "FineTune.Tokenize", new { maxLength = 32 }),
            ("FineTune", "FineTune.FineTune", new { baseModel = "gpt2-tiny", layers = 1, hiddenSize = 64, epochs = 2, learningRate = 5e-3, batchSize = 8, threads = 1, device = "cpu" }),
            ("Evaluate", "FineTune.Evaluate", new { threads = 1, device = "cpu" })));
        var baseFolder = scratch.Of("FineTune").Artifacts["model"].Path;
        var result = await workspace.RunAsync(workspace.Chain(
            ("Fetch", "FineTune.FetchData", new { source = texts, kind = "PlainText" }),
            ("Tokenize", "FineTune.Tokenize", new { baseModel = baseFolder, maxLength = 32 }),
            ("FineTune", "FineTune.FineTune", new { baseModel = baseFolder, epochs = 12, learningRate = 1e-2, batchSize = 8, threads = 1, device = "cpu", loraRank = 4, loraTargets = new[] { "all-linear" }, loraMerge = merge }),
            ("Evaluate", "FineTune.Evaluate", new { threads = 1, device = "cpu" })));
        Assert.True(result.Status == RunStatus.Succeeded, string.Join("; ", result.Stages.Select(s => $"{s.Stage.Name}: {s.Result.Reason}")));
        Assert.InRange(result.Metrics()["test/loss"], 0, scratch.Metrics()["test/loss"] - 0.05);
        Assert.True(result.Metrics().ContainsKey("generalization/gap/loss"));

        using var predictor = TextPredictor.Load(result.Of("FineTune").Artifacts["model"].Path, "cpu", options: new() { Generation = new() { Temperature = 0, MaxNewTokens = 4 } });
        Assert.NotEqual("", Assert.Single(predictor.Predict(["the film"], cancellationToken: TestContext.Current.CancellationToken)).Continuation);
    }

    [Fact]
    public void What_does_not_go_with_adapters_is_refused_before_anything_runs()
    {
        Refused("LoraRank and BaseModel: LoraRank is 4, but tiny starts from scratch", new { loraRank = 4 });
        Refused("LoraRank and FreezeLayers", new { baseModel = workspace.Folder, loraRank = 4, freezeLayers = 1 });
        Refused("LoraMerge and Layers", new { baseModel = workspace.Folder, loraRank = 4, layers = 1, loraMerge = false });
        Refused("LoraRank is empty, so none are trained", new { baseModel = workspace.Folder, loraDropout = 0.1 });
        Refused("LoraRank", new { baseModel = workspace.Folder, loraRank = 0 });
        Refused("FreezeLayers and BaseModel: tiny starts from scratch", new { freezeLayers = 1 });
        Refused("FreezeEmbeddings and BaseModel: tiny starts from scratch", new { freezeEmbeddings = true });
    }

    [Fact]
    public async Task A_name_of_no_layer_is_refused_with_the_names_that_there_are()
    {
        var baseFolder = await PretrainedAsync();
        Assert.Contains("'q_proj', but no linear layer below the head is called so; there are query, key, value, dense", await workspace.FailureOf(
            ("Fetch", "FineTune.FetchData", new { source = workspace.Data }),
            ("Tokenize", "FineTune.Tokenize", new { baseModel = baseFolder, maxLength = 16 }),
            ("FineTune", "FineTune.FineTune", new { baseModel = baseFolder, threads = 1, device = "cpu", loraRank = 4, loraTargets = new[] { "q_proj" } })), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_precision_that_the_device_does_not_have_is_refused()
    {
        Assert.Contains("Precision is TensorFloat32, but TensorFloat32 is there on GPUs alone", await workspace.FailureOf(
            ("Fetch", "FineTune.FetchData", new { source = workspace.Data }),
            ("Tokenize", "FineTune.Tokenize", new { vocabulary = "vocab.txt", maxLength = 16 }),
            ("FineTune", "FineTune.FineTune", new { threads = 1, device = "cpu", precision = "TensorFloat32" })), StringComparison.Ordinal);
    }

    public void Dispose() => workspace.Dispose();

    private void Refused(string message, object settings)
    {
        var exception = Assert.ThrowsAny<Exception>(() => workspace.Chain(
            ("Fetch", "FineTune.FetchData", new { source = workspace.Data }), ("Tokenize", "FineTune.Tokenize", new { vocabulary = "vocab.txt", maxLength = 16 }), ("FineTune", "FineTune.FineTune", settings)));
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    private async Task<string> PretrainedAsync()
    {
        var texts = workspace.Write("texts.txt", string.Concat(Enumerable.Range(0, 200).Select(i => Workspace.Sentence(i) + "\n")));
        var result = await workspace.RunAsync(workspace.Chain(
            ("Fetch", "FineTune.FetchData", new { source = texts, kind = "PlainText" }),
            ("Tokenize", "FineTune.Tokenize", new { vocabulary = "vocab.txt", maxLength = 16, packing = "Off" }),
            ("Pretrain", "FineTune.Pretrain", new { baseModel = "tiny", layers = 1, hiddenSize = 64, epochs = 3, learningRate = 3e-3, batchSize = 16, threads = 1, device = "cpu" })));
        Assert.True(result.Status == RunStatus.Succeeded, string.Join("; ", result.Stages.Select(s => $"{s.Stage.Name}: {s.Result.Reason}")));
        return result.Of("Pretrain").Artifacts["model"].Path;
    }
}
