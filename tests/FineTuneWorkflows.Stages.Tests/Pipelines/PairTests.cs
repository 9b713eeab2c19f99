using System.Text.Json;
using FineTuneWorkflows.Stages.Prediction;
using FineTuneWorkflows.Stages.Tests.Support;
using FineTuneWorkflows.Text.Datasets;

namespace FineTuneWorkflows.Stages.Tests.Pipelines;

/// <summary>Pairs of texts, whose label only both together tell.</summary>
public sealed class PairTests : IDisposable
{
    private static readonly string[] Things = ["film", "phone", "meal", "song", "book", "game", "room", "shop"];
    private static readonly object Tokenize = new { vocabulary = "vocab.txt", maxLength = 16 };
    private static readonly object Training = new { baseModel = "tiny", epochs = 12, learningRate = 3e-3, batchSize = 16, threads = 1, device = "cpu" };
    private readonly Workspace workspace = new();

    public void Dispose() => workspace.Dispose();

    [Fact]
    public async Task Pairs_are_learned_measured_and_predicted_and_one_text_alone_is_refused()
    {
        var data = workspace.Write("pairs.jsonl", string.Concat(Enumerable.Range(0, 160).Select(Pair)));
        var result = await workspace.LearnAsync(data, Tokenize, Training, new { source = data, secondColumn = "second" });
        Assert.InRange(result.Metrics()["test/accuracy"], 0.9, 1);
        Assert.All(result.Evaluation("predictions.jsonl").Split('\n', StringSplitOptions.RemoveEmptyEntries), line =>
            Assert.StartsWith("it was", JsonDocument.Parse(line).RootElement.GetProperty("second").GetString(), StringComparison.Ordinal));
        Assert.Contains("--second-text", File.ReadAllText(Path.Combine(result.Model(), "README.md")), StringComparison.Ordinal);

        using var predictor = TextPredictor.Load(result.Model(), "cpu");
        Assert.Equal(DataKind.TextPairClassification, predictor.Input!.Kind);
        TextExample[] pairs = [new("the film .") { Second = "it was good ." }, new("the film .") { Second = "it was awful ." }];
        Assert.Equal(["yes", "no"], predictor.Predict(pairs, cancellationToken: TestContext.Current.CancellationToken).Select(p => p.Label));
        var refused = Assert.Throws<PredictionInputException>(() => predictor.Predict(["the film ."], cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal($"the model in {result.Model()} was trained on pairs of texts: give --second-text with each --text, or --second-text-column with --input", refused.Message);
    }

    [Fact]
    public async Task A_pair_is_refused_by_a_model_of_single_texts()
    {
        var result = await workspace.LearnAsync(workspace.Data, Tokenize, Workspace.Training(epochs: 1));
        using var predictor = TextPredictor.Load(result.Model(), "cpu");
        var refused = Assert.Throws<PredictionInputException>(() => predictor.Predict([new TextExample("a") { Second = "b" }], cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal($"the model in {result.Model()} was trained on single texts, not on pairs; leave out --second-text and --second-text-column", refused.Message);
        refused = Assert.Throws<PredictionInputException>(() => predictor.Predict([new TextExample("a b") { Words = ["a", "b"] }], cancellationToken: TestContext.Current.CancellationToken));
        Assert.Contains("\"tokens\" are for models that find entities", refused.Message, StringComparison.Ordinal);
        refused = Assert.Throws<PredictionInputException>(() => TextPredictor.Load(result.Model(), "cpu", options: new() { System = "be kind" }));
        Assert.Contains("--system has no place", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_does_not_say_what_it_was_trained_on_takes_either()
    {
        var result = await workspace.LearnAsync(workspace.Data, Tokenize, Workspace.Training(epochs: 1));
        var folder = Directory.CreateDirectory(Path.Combine(workspace.Folder, "other")).FullName;
        foreach (var file in Directory.GetFiles(result.Model()).Where(f => Path.GetFileName(f) != ModelInput.FileName))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        using (var predictor = TextPredictor.Load(folder, "cpu"))
        {
            Assert.Null(predictor.Input);
            Assert.Equal(2, predictor.Predict([new TextExample("a"), new TextExample("a") { Second = "b" }], cancellationToken: TestContext.Current.CancellationToken).Count);
        }

        File.WriteAllText(Path.Combine(folder, ModelInput.FileName), """{"kind":"Songs"}""");
        var damaged = Assert.Throws<FineTuneWorkflows.Pipelines.Contract.StageException>(() => TextPredictor.Load(folder, "cpu"));
        Assert.Contains($"{Path.Combine(folder, ModelInput.FileName)} does not say what the model was trained on", damaged.Message, StringComparison.Ordinal);
    }

    private static string Pair(int i)
    {
        var (good, bad) = ((string[])["good", "great", "lovely", "fine", "superb"], (string[])["bad", "awful", "poor", "sad", "dull"]);
        var word = (i % 2 == 0 ? good : bad)[i / 2 % 5];
        return JsonSerializer.Serialize(new { text = $"the {Things[i / 10 % 8]} {(i % 3 == 0 ? "!" : ".")}", second = $"it was {word} {new string('x', 1 + (i / 80))} {(i % 7 == 0 ? "!" : ".")}", label = i % 2 == 0 ? "yes" : "no" }) + "\n";
    }
}
