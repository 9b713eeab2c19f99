using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneWorkflows.Learning.Calibration;
using FineTuneWorkflows.Stages.Prediction;
using FineTuneWorkflows.Stages.Tests.Support;
using FineTuneWorkflows.Stages.Tracking;
using FineTuneWorkflows.Tests.Python;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Tracking.Mlflow;
using RunStatus = FineTuneWorkflows.Pipelines.Contract.Events.RunStatus;

namespace FineTuneWorkflows.Stages.Tests.Tracking;

/// <summary>
/// What MLflow's own client gets by a registered model's alias is what was measured: 500 texts of each kind of model, number by number. Runs where <c>FINETUNE_PYTHON</c> starts a Python with
/// mlflow and transformers and <c>MLFLOW_TRACKING_URI</c> names a server.
/// </summary>
public sealed class LiveMlflowTests : IDisposable
{
    private const double Tolerance = 1e-5;

    private readonly Workspace workspace = new();

    public void Dispose() => workspace.Dispose();

    [Theory]
    [InlineData("FirstToken")]
    [InlineData("Mean")]
    public async Task A_classifier(string pooling)
    {
        var model = await Registered(Noisy(), new { pooling });
        // Else nothing would be calibrated.
        Assert.NotEqual(1, ModelCalibration.Load(model)!.Temperature);
        await CompareClasses(model, [.. Texts().Select(text => new TextExample(text))]);
    }

    [Fact]
    public async Task A_classifier_with_several_classes_a_text()
    {
        var rows = string.Concat(Enumerable.Range(0, 120).Select(i => JsonSerializer.Serialize(new { text = Workspace.Sentence(i), labels = Labels(i) }) + "\n"));
        await CompareClasses(await Registered(rows, new { pooling = "Mean" }), [.. Texts().Select(text => new TextExample(text))]);

        static string[] Labels(int i) => [.. ((string[])[i % 2 == 0 ? "good" : "", i % 3 == 0 ? "very" : ""]).Where(label => label.Length > 0)];
    }

    [Fact]
    public async Task A_classifier_of_pairs()
    {
        var rows = string.Concat(Enumerable.Range(0, 120).Select(i => JsonSerializer.Serialize(
            new { text = Workspace.Sentence(i), second = Workspace.Sentence(i + (i % 3)), label = i % 3 == 0 ? "same" : "other" }) + "\n"));
        var texts = Texts();
        await CompareClasses(await Registered(rows, new { }, pairs: true), [.. texts.Select((text, i) => new TextExample(text) { Second = texts[(i * 7) % texts.Length] })]);
    }

    [Fact]
    public async Task Adapters_alone_beside_a_base_that_is_a_folder()
    {
        var made = await Registered(Noisy(), new { });
        var basis = Directory.CreateDirectory(Path.Combine(workspace.Folder, "base")).FullName;
        foreach (var file in Directory.GetFiles(made))
            File.Copy(file, Path.Combine(basis, Path.GetFileName(file)));
        var model = await Registered(Noisy(), new { baseModel = basis, loraRank = 4, loraMerge = false });
        Assert.False(File.Exists(Path.Combine(model, "model.safetensors")));
        await CompareClasses(model, [.. Texts().Select(text => new TextExample(text))]);
    }

    [Fact]
    public async Task Entities_come_out_as_spans()
    {
        var rows = string.Concat(Enumerable.Range(0, 120).Select(i => JsonSerializer.Serialize(
            new { text = Workspace.Sentence(i), entities = new[] { new { start = 4, end = Workspace.Sentence(i).IndexOf(" was", StringComparison.Ordinal), label = "Thing" } } }) + "\n"));
        var model = await Registered(rows, new { });
        var texts = Texts();
        var answers = await Ask(new JsonArray([.. texts.Select(text => (JsonNode?)text)]));
        using var predictor = Predictor(model, calibrated: true);
        var expected = predictor.Predict(texts);
        var spans = 0;
        for (var i = 0; i < texts.Length; i++)
        {
            var found = answers["answers"]![i]!["entities"]!.AsArray();
            Assert.Equal(
                expected[i].Entities!.Select(e => (e.Label, e.Start, e.End, e.Text)),
                found.Select(e => ((string)e!["label"]!, (int)e["start"]!, (int)e["end"]!, (string)e["text"]!)));
            Assert.All(expected[i].Entities!.Zip(found), pair => Assert.Equal(pair.First.Probability, (double)pair.Second!["score"]!, Tolerance));
            spans += found.Count;
        }
        Assert.True(spans > 400, $"only {spans} spans");
        // transformers' pipeline knows where they are, too, and takes a text that is longer than the model.
        Assert.Equal(
            expected[0].Entities!.Select(e => (e.Label, e.Start, e.End)), answers["native"]![0]!.AsArray().Select(e => ((string)e!["label"]!, (int)e["start"]!, (int)e["end"]!)));
    }

    // One label in four is wrong, whatever the words, so that a model that is sure of itself is too sure.
    private static string Noisy() => string.Concat(Enumerable.Range(0, 900).Select(i =>
        JsonSerializer.Serialize(new { text = Workspace.Sentence(i), label = i % 2 == 0 ^ (uint)i * 2654435761u >> 30 == 0 ? "positive" : "negative" }) + "\n"));

    // The last of them are empty, longer than the model takes, of characters that it does not know, and with the names of tokens that mean something to it.
    private static string[] Texts() =>
        [.. Enumerable.Range(0, 497).Select(i => Workspace.Sentence(i * 3)), "", string.Join(' ', Enumerable.Range(0, 802).Select(i => i % 2 == 0 ? "good" : "phone")), "Grüße! A_b c'est (fine).", "good [SEP] phone [MASK] [CLS] [PAD] bad [UNK]"];

    private static TextPredictor Predictor(string model, bool calibrated) => TextPredictor.Load(model, "cpu", options: new() { Calibrated = calibrated, Threads = 1 });

    /// <summary>Trains, registers and delivers a model.</summary>
    /// <returns>Its folder.</returns>
    private async Task<string> Registered(string rows, object training, bool pairs = false)
    {
        ReferencePython.Require("mlflow", "torch", "transformers", "peft", "pandas");
        var server = MlflowOptions.FromEnvironment();
        Assert.SkipWhen(server is null, "MLFLOW_TRACKING_URI names no server");
        var data = workspace.Write("live.jsonl", rows);
        var settings = new Dictionary<string, object?> { ["baseModel"] = "tiny", ["epochs"] = 10, ["learningRate"] = 2e-3, ["batchSize"] = 16, ["threads"] = 1, ["device"] = "cpu" };
        foreach (var property in training.GetType().GetProperties())
            settings[property.Name] = property.GetValue(training);
        var pipeline = workspace.Chain(
            ("Fetch", "FineTune.FetchData", pairs ? new { source = data, secondColumn = "second" } : (object)new { source = data }),
            ("Tokenize", "FineTune.Tokenize", settings["baseModel"] is "tiny" ? new { vocabulary = "vocab.txt", maxLength = 32 } : (object)new { baseModel = settings["baseModel"], maxLength = 32 }),
            ("FineTune", "FineTune.FineTune", settings),
            ("Register", "FineTune.RegisterModel", new { modelName = Name }));
        var said = new List<string>();
        string folder;
        await using (var session = new TrackingSession(workspace.Home, workspace.Services, new TrackingConnection(workspace.Home, server, said.Add, TimeSpan.FromMinutes(2)), said.Add))
        {
            var result = await workspace.RunAsync(pipeline, null, TestContext.Current.CancellationToken, session);
            Assert.True(result.Status == RunStatus.Succeeded, string.Join("; ", result.Stages.Select(s => $"{s.Stage.Name}: {s.Result.Reason}")));
            folder = result.Of("FineTune").Artifacts["model"].Path;
        }
        Assert.True(said.Count == 0, string.Join("\n", said));
        return folder;
    }

    private string Name { get; } = $"live-{Guid.NewGuid():N}";

    private async Task CompareClasses(string model, IReadOnlyList<TextExample> inputs)
    {
        var pairs = inputs[0].Second is not null;
        var answers = await Ask(new JsonArray([.. inputs.Select(input => pairs ? new JsonObject { ["text"] = input.Text, ["text_pair"] = input.Second } : (JsonNode?)input.Text)]));
        foreach (var (kind, calibrated) in new[] { ("answers", true), ("own", false) })
        {
            using var predictor = Predictor(model, calibrated);
            var expected = predictor.Predict(inputs);
            Assert.Equal(inputs.Count, answers[kind]!.AsArray().Count);
            for (var i = 0; i < inputs.Count; i++)
            {
                var answer = answers[kind]![i]!;
                foreach (var (label, probability) in expected[i].Probabilities)
                    Assert.Equal(probability, (double)answer["probabilities"]![label]!, Tolerance);
                if (expected[i].Labels is { } several)
                    Assert.Equal(several, answer["labels"]!.AsArray().Select(label => (string)label!));
                else
                    Assert.Equal(expected[i].Probabilities.Max(p => p.Value), (double)answer["score"]!, Tolerance);
                if (expected[i].Labels is null && expected[i].Probabilities.Select(p => p.Value).Order().TakeLast(2).ToArray() is [var second, var first] && first - second > 2 * Tolerance)
                    Assert.Equal(expected[i].Label, (string)answer["label"]!);
                // Adapters alone have no transformers flavor.
                if (kind == "own" && answers["native"] is { } native)
                    Assert.All(expected[i].Probabilities, p => Assert.Equal(p.Value, (double)native[i]![p.Key]!, Tolerance));
            }
        }
    }

    /// <summary>What Python answers.</summary>
    private async Task<JsonNode> Ask(JsonArray rows)
    {
        var folder = Directory.CreateDirectory(Path.Combine(workspace.Folder, "ask", "case")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "name.txt"), Name);
        await File.WriteAllTextAsync(Path.Combine(folder, "rows.json"), rows.ToJsonString());
        ReferencePython.Run(Path.Combine(AppContext.BaseDirectory, "Python", "predict_by_alias.py"), MlflowOptions.FromEnvironment()!.TrackingUri.ToString().TrimEnd('/'), Path.GetDirectoryName(folder)!);
        var answers = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "answers.json")))!;
        Assert.Single(answers["example"]!.AsArray());
        Assert.Matches("^[0-9a-f]{32}$", (string)answers["ids"]!["model_uuid"]!);
        Assert.Matches("^[0-9a-f]{32}$", (string)answers["ids"]!["run_id"]!);
        Assert.Matches("^m-[0-9a-f]{32}$", (string)answers["ids"]!["model_id"]!);
        return answers;
    }
}
