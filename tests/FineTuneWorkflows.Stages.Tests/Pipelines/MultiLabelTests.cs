using System.Text.Json;
using FineTuneWorkflows.Stages.Prediction;
using FineTuneWorkflows.Stages.Tests.Support;

namespace FineTuneWorkflows.Stages.Tests.Pipelines;

/// <summary>Multi-label texts.</summary>
public sealed class MultiLabelTests : IDisposable
{
    private readonly Workspace workspace = new();

    public void Dispose() => workspace.Dispose();

    [Fact]
    public async Task Any_number_of_labels_are_learned_measured_and_predicted()
    {
        var data = workspace.Write("many.jsonl", string.Concat(Enumerable.Range(0, 320).Select(Row)));
        var result = await workspace.LearnAsync(
            data, new { vocabulary = "vocab.txt", maxLength = 16 }, new { baseModel = "tiny", epochs = 20, learningRate = 1e-3, batchSize = 8, threads = 1, device = "cpu" });
        Assert.InRange(result.Metrics()["test/f1_macro"], 0.85, 1);

        using var predictor = TextPredictor.Load(result.Model(), "cpu");
        string[] texts = ["the film was good .", "the film was x .", "the shop was x ."];
        var predictions = predictor.Predict(texts, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(["art praise", "art", ""], predictions.Select(p => string.Join(' ', p.Labels!)));
        Assert.Equal(["art,praise", "art", ""], predictions.Select(p => p.Label));
        Assert.All(predictions, p => Assert.Equal(["art", "praise"], p.Probabilities.Select(each => each.Key)));
    }

    private static string Row(int i)
    {
        string[] art = ["film", "song", "book", "game"], places = ["room", "shop", "meal", "phone"], praise = ["good", "great", "lovely", "fine"], none = ["x", "bad", "nice", "picture"];
        var labels = new List<string>();
        if (i % 2 == 0) labels.Add("art");
        if (i / 2 % 2 == 0) labels.Add("praise");
        var text = $"the {(i % 2 == 0 ? art : places)[i / 4 % 4]} was {(i % 5 == 0 ? "very " : "")}{(i / 2 % 2 == 0 ? praise : none)[i / 16 % 4]} {(i % 3 == 0 ? "!" : ".")}{string.Concat(Enumerable.Repeat(" a", i / 64))}";
        return JsonSerializer.Serialize(new { text, label = labels }) + "\n";
    }
}
