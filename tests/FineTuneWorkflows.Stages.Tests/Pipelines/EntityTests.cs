using System.Text.Json;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Stages.Prediction;
using FineTuneWorkflows.Stages.Tests.Support;
using FineTuneWorkflows.Text.Datasets;

namespace FineTuneWorkflows.Stages.Tests.Pipelines;

/// <summary>Entities: what is measured, by words and with what was cut off, and how a model is asked.</summary>
public sealed class EntityTests : IDisposable
{
    private static readonly string[] Things = ["film", "phone", "meal", "song", "book", "game", "room", "shop"];
    private readonly Workspace workspace = new();

    public void Dispose() => workspace.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_entity_counts_once_however_many_pieces_its_words_have_and_one_that_was_cut_off_is_missed(bool labelAllSubwords)
    {
        // "xxx" has three pieces. Of the two entities of each text the second lies beyond the six tokens of a row.
        var data = workspace.Write("cut.jsonl", string.Concat(Enumerable.Range(0, 80).Select(i => JsonSerializer.Serialize(new
        {
            tokens = (string[])["xxx", Things[i % 8], "was", i % 3 == 0 ? "good" : "bad", new string('x', 1 + (i / 8)), "phone"],
            tags = (string[])["B-Thing", "O", "O", "O", "O", "B-Thing"],
        }) + "\n")));
        var result = await workspace.LearnAsync(
            data, new { vocabulary = "vocab.txt", maxLength = 6, labelAllSubwords },
            new { baseModel = "tiny", epochs = 10, learningRate = 3e-3, batchSize = 8, threads = 1, device = "cpu" }, evaluate: new { threads = 1, device = "cpu" });

        using var report = JsonDocument.Parse(result.Evaluation("report.json"));
        var texts = report.RootElement.GetProperty("count").GetInt32();
        Assert.Equal(2 * texts, report.RootElement.GetProperty("support").GetInt32());
        Assert.Equal((1.0, 0.5), (result.Metrics()["test/precision"], result.Metrics()["test/recall"]));
        foreach (var line in result.Evaluation("predictions.jsonl").Split('\n', StringSplitOptions.RemoveEmptyEntries))
            Assert.Equal(["B-Thing", "O", "O", "O", "O", "O"], JsonDocument.Parse(line).RootElement.GetProperty("predicted").EnumerateArray().Select(t => t.GetString()));
        Assert.Contains(workspace.Journal(result.RunId).Select(e => $"{e}"), note => note.Contains("they count as outside, and their entities as missed", StringComparison.Ordinal));

        // Asked with words of its own, a tag for each and the entities' words.
        using var predictor = TextPredictor.Load(result.Model(), "cpu");
        var words = (string[])["xxx", "film", "was", "bad"];
        var prediction = Assert.Single(predictor.Predict([new TextExample(string.Join(' ', words)) { Words = words }], cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(["B-Thing", "O", "O", "O"], prediction.Tags);
        var entity = Assert.Single(prediction.Entities!);
        Assert.Equal(("Thing", 0, 1, "xxx"), (entity.Label, entity.Start, entity.End, entity.Text));
        Assert.Null(Assert.Single(predictor.Predict(["xxx film was bad"], cancellationToken: TestContext.Current.CancellationToken)).Tags);
        Assert.Contains("takes single texts, not pairs", Assert.Throws<PredictionInputException>(() => predictor.Predict([new TextExample("a") { Second = "b" }], cancellationToken: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Words_beyond_the_model_are_outside_whatever_number_that_tag_has()
    {
        var folder = Tagger("B-X", "I-X", "O");
        using var predictor = TextPredictor.Load(folder, "cpu");
        string[] words = [.. Enumerable.Repeat("film", 40)];
        var tags = Assert.Single(predictor.Predict([new TextExample(string.Join(' ', words)) { Words = words }], cancellationToken: TestContext.Current.CancellationToken)).Tags!;
        Assert.Equal(40, tags.Count);
        Assert.All(tags.Skip(14), tag => Assert.Equal("O", tag));
    }

    [Fact]
    public void Tags_that_mark_no_entities_are_refused_by_name()
    {
        var folder = Tagger("NOUN", "VERB", "O");
        Assert.Equal(
            $"the model in {folder} has tags that mark no entities in the IOB2 scheme: NOUN, VERB; its id2label must hold O, B-KIND and I-KIND alone",
            Assert.Throws<StageException>(() => TextPredictor.Load(folder, "cpu")).Message);
    }

    /// <summary>An untrained model of 16 positions with these tags.</summary>
    private string Tagger(params string[] tags)
    {
        var folder = Path.Combine(workspace.Folder, "tagger");
        var config = ModelPresets.Get("tiny", File.ReadLines(Path.Combine(workspace.Folder, "vocab.txt")).Count(), width: 64, layers: 1) with { MaxPositions = 16 };
        using (var model = LanguageModel.Create(config, ModelTask.TokenClassification, tags, seed: 1))
            model.Save(folder);
        File.Copy(Path.Combine(workspace.Folder, "vocab.txt"), Path.Combine(folder, "vocab.txt"));
        return folder;
    }
}
