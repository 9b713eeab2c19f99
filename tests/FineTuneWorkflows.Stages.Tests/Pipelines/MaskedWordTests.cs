using FineTuneWorkflows.Stages.Prediction;
using FineTuneWorkflows.Stages.Tests.Support;

namespace FineTuneWorkflows.Stages.Tests.Pipelines;

/// <summary>Masked words: pre-training, more of it on text of one's own, and guesses.</summary>
public sealed class MaskedWordTests : IDisposable
{
    private readonly Workspace workspace = new();

    public void Dispose() => workspace.Dispose();

    [Fact]
    public async Task Pretraining_goes_on_from_a_base_on_other_text_and_the_model_guesses_masked_words()
    {
        var general = workspace.Write("general.txt", string.Concat(Enumerable.Range(0, 160).Select(i => Workspace.Sentence(i) + "\n")));
        // The own text says of every thing that it was nice.
        string[] things = ["film", "phone", "meal", "song", "book", "game", "room", "shop"];
        var own = workspace.Write("own.txt", string.Concat(Enumerable.Range(0, 240).Select(i => $"the {things[i % 8]} was {(i % 3 == 0 ? "very " : "")}nice {things[i / 8 % 8]} {(i % 7 == 0 ? "!" : ".")}\n")));
        var tokenize = new { vocabulary = "vocab.txt", maxLength = 16, packing = "Off" };
        var pretrained = await workspace.SucceedAsync(
            ("Fetch", "FineTune.FetchData", new { source = general, kind = "PlainText" }),
            ("Tokenize", "FineTune.Tokenize", tokenize),
            ("FineTune", "FineTune.Pretrain", new { baseModel = "tiny", layers = 1, hiddenSize = 64, epochs = 3, batchSize = 16, threads = 1, device = "cpu" }));
        var before = await Measured(own, pretrained.Model(), epochs: 1, learningRate: 1e-12);
        var after = await Measured(own, pretrained.Model(), epochs: 12, learningRate: 3e-3);
        Assert.True(after.Metrics()["test/perplexity"] < before.Metrics()["test/perplexity"] / 2, $"{before.Metrics()["test/perplexity"]} became {after.Metrics()["test/perplexity"]}");

        using var predictor = TextPredictor.Load(after.Model(), "cpu", options: new() { TopK = 3 });
        var prediction = Assert.Single(predictor.Predict(["the film was very [MASK] song ."], cancellationToken: TestContext.Current.CancellationToken));
        var guesses = Assert.Single(prediction.Masks!);
        Assert.Equal(3, guesses.Count);
        Assert.Equal("nice", guesses[0].Token);
        Assert.InRange(guesses[0].Probability, 0.3, 1);
        Assert.True(guesses[0].Probability >= guesses[1].Probability && guesses[1].Probability >= guesses[2].Probability);
        Assert.Equal(2, Assert.Single(predictor.Predict(["the [MASK] was [MASK] song ."], cancellationToken: TestContext.Current.CancellationToken)).Masks!.Count);
        Assert.Contains("--text \"a text with the tokenizer's mask in it\"", File.ReadAllText(Path.Combine(after.Model(), "README.md")), StringComparison.Ordinal);

        var refused = Assert.Throws<PredictionInputException>(() => predictor.Predict(["the film"], cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal($"the text 'the film' has no [MASK]: the model in {after.Model()} guesses the words that stand there", refused.Message);
        refused = Assert.Throws<PredictionInputException>(() => predictor.Predict([string.Concat(Enumerable.Repeat("film ", 600)) + "[MASK]"], cancellationToken: TestContext.Current.CancellationToken));
        Assert.Contains("has its [MASK] beyond the 512 tokens", refused.Message, StringComparison.Ordinal);
    }

    private Task<FineTuneWorkflows.Pipelines.Execution.RunResult> Measured(string data, string from, int epochs, double learningRate) => workspace.LearnAsync(
        data, new { baseModel = from, maxLength = 16, packing = "Off" }, new { baseModel = from, task = "MaskedLanguageModeling", epochs, learningRate, batchSize = 16, threads = 1, device = "cpu" },
        new { source = data, kind = "PlainText" });
}
