using System.Text.Json;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Stages.Tests.Support;

namespace FineTuneWorkflows.Stages.Tests.FineTune;

/// <summary>The model card that a trained model carries.</summary>
public sealed class ModelCardTests : IDisposable
{
    private readonly Workspace workspace = new();

    public void Dispose() => workspace.Dispose();

    [Fact]
    public async Task A_trained_model_tells_task_data_metrics_training_and_how_to_load_it()
    {
        var result = await Train(workspace, "tiny");
        var card = Card(result);
        Assert.StartsWith(
            "---\nlibrary_name: transformers\nmetrics:\n- accuracy\n- f1\n- matthews_correlation\npipeline_tag: text-classification\ntags:\n- fine-tune-workflows\n---\n# BertForSequenceClassification for text classification\n", card, StringComparison.Ordinal);
        Assert.Contains("It gives one of 2 classes: `negative`, `positive`.", card, StringComparison.Ordinal);
        Assert.Contains("It started from scratch, in the shape of the preset `tiny`.", card, StringComparison.Ordinal);
        Assert.Contains($"Tokens with the digest `{result.Of("Tokenize").Artifacts["tokens"].Digest}`, cut at 16", card, StringComparison.Ordinal);
        Assert.Matches(@"\n\| train \| [0-9]+ \| [0-9]+ \| [0-9,]+ \|\n", card);
        Assert.Matches(@"\n\| validation/accuracy \| [01](\.[0-9]+)? \|\n", card);
        Assert.Contains("\n| LearningRate | 0.003 |\n", card, StringComparison.Ordinal);
        Assert.Contains("\n| Seed | 42 |\n", card, StringComparison.Ordinal);
        Assert.Contains("AutoModelForSequenceClassification.from_pretrained(", card, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_card_has_no_folder_no_time_and_no_machine_and_is_the_same_wherever_it_is_made()
    {
        using var other = new Workspace();
        var (first, second) = (Card(await Train(workspace, "tiny")), Card(await Train(other, "tiny")));
        Assert.Equal(first, second);
        Assert.DoesNotContain(workspace.Folder, first, StringComparison.Ordinal);
        Assert.DoesNotContain(Path.GetTempPath(), first, StringComparison.Ordinal);
        Assert.DoesNotContain(Environment.MachineName, first, StringComparison.Ordinal);
        // What does not change the result, such as threads, is not told.
        Assert.DoesNotContain("Threads", first, StringComparison.Ordinal);
        Assert.DoesNotContain("Device", first, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("---\nlanguage: en\nlicense: apache-2.0\n---\n# A base\n", "apache-2.0")]
    [InlineData("---\nlicense: 'cc-by-4.0'\r\n---\n", "cc-by-4.0")]
    [InlineData("# A base\nlicense: mit\n", null)]
    [InlineData("---\ntags:\n- x\n---\nlicense: mit\n", null)]
    [InlineData("---\nlicense: [\"a\", {b: c}]\n---\n", null)]
    public async Task The_bases_licence_is_passed_on_where_its_card_names_it(string baseCard, string? license)
    {
        var made = (await Train(workspace, "tiny")).Of("FineTune").Artifacts["model"].Path;
        var folder = Directory.CreateDirectory(Path.Combine(workspace.Folder, "base")).FullName;
        foreach (var file in Directory.GetFiles(made))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        File.SetAttributes(Path.Combine(folder, "README.md"), FileAttributes.Normal);
        File.WriteAllText(Path.Combine(folder, "README.md"), baseCard);

        var card = Card(await Train(workspace, folder));
        var frontMatter = card[..card.IndexOf("\n---\n", StringComparison.Ordinal)];
        if (license is null)
        {
            Assert.DoesNotContain("license", frontMatter, StringComparison.Ordinal);
            Assert.Contains("What licence the base has is not known here", card, StringComparison.Ordinal);
        }
        else
        {
            Assert.Contains($"\nlicense: {license}\n", frontMatter, StringComparison.Ordinal);
            Assert.Contains($"The base's licence is {license}.", card, StringComparison.Ordinal);
        }
        Assert.Matches("\n- `model.safetensors`, SHA-256 `[0-9a-f]{64}`\n", card);
        Assert.DoesNotContain("base_model", frontMatter, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_classifier_by_the_mean_of_all_tokens_says_how_Python_loads_it_and_brings_what_that_needs()
    {
        var result = await Train(workspace, "tiny", "Mean");
        var card = Card(result);
        Assert.Contains("mean of all tokens' vectors", card, StringComparison.Ordinal);
        Assert.Contains("AutoModelForSequenceClassification.from_pretrained(\"this/folder\", trust_remote_code=True)", card, StringComparison.Ordinal);
        var model = result.Of("FineTune").Artifacts["model"];
        Assert.True(File.Exists(model.File("mean_pooling.py")));
        Assert.StartsWith("# BertForSequenceClassification", card[card.IndexOf("# ", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_tokenizer_says_after_how_many_tokens_the_model_has_no_more_positions()
    {
        var model = (await Train(workspace, "tiny")).Of("FineTune").Artifacts["model"];
        using var tokenizer = JsonDocument.Parse(File.ReadAllBytes(model.File("tokenizer_config.json")));
        Assert.Equal(ModelConfig.Read(model.Path).MaxTokens, tokenizer.RootElement.GetProperty("model_max_length").GetInt32());
        Assert.Equal("BertTokenizer", tokenizer.RootElement.GetProperty("tokenizer_class").GetString());
    }

    private static Task<RunResult> Train(Workspace place, string baseModel, string pooling = "FirstToken") => place.RunAsync(place.Chain(
        ("Fetch", "FineTune.FetchData", new { source = place.Data }),
        ("Tokenize", "FineTune.Tokenize", new { vocabulary = "vocab.txt", maxLength = 16 }),
        ("FineTune", "FineTune.FineTune", new { baseModel, pooling, epochs = 1, learningRate = 3e-3, batchSize = 16, threads = 1, device = "cpu" })));

    private static string Card(RunResult result)
    {
        Assert.True(result.Status == RunStatus.Succeeded, string.Join("; ", result.Stages.Select(s => $"{s.Stage.Name}: {s.Result.Reason}")));
        return File.ReadAllText(result.Of("FineTune").Artifacts["model"].File("README.md"));
    }
}
