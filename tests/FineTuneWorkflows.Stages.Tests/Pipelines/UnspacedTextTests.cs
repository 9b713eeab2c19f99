using System.Text.Json;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Stages.Prediction;
using FineTuneWorkflows.Stages.Tests.Support;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Labelling;

namespace FineTuneWorkflows.Stages.Tests.Pipelines;

/// <summary>Entities in texts whose script writes no spaces: words are the same in training, test and prediction, and what is found is the text's own slice.</summary>
public sealed class UnspacedTextTests : IDisposable
{
    private static readonly string[] Names = ["张伟", "李华", "王芳", "赵敏", "陈静", "刘洋"];
    private static readonly string[] Places = ["南京大学", "北京医院", "上海银行", "清华公司"];
    private readonly Workspace workspace = new();

    public void Dispose() => workspace.Dispose();

    [Fact]
    public async Task Borders_of_entities_do_not_show_in_the_words_and_a_text_is_asked_as_it_was_trained()
    {
        // A name's characters stand outside names too, so that no character tells its tag by itself.
        var result = await LearnAsync("zh.jsonl", i =>
        {
            var (name, place) = (Names[i % 6], Places[i / 6 % 4]);
            var text = $"😀{(i % 3 == 0 ? "听说" : "")}{name}{i % 10}点在{place}工作，{name[1]}字很{place[^1]}。";
            var points = text.EnumerateRunes().Select(r => r.ToString()).ToList();
            return JsonSerializer.Serialize(new { text, entities = new[] { Span(points, name, "PER"), Span(points, place, "ORG") } });
        });
        var baseline = result.Metrics()["baseline/f1"];
        Assert.True(baseline < 0.9, $"each character's most frequent tag has F1 {baseline}: do the words show where entities begin?");
        Assert.True(result.Metrics()["test/f1"] > baseline, $"{result.Metrics()["test/f1"]} beside {baseline}");

        using var predictor = TextPredictor.Load(result.Model(), "cpu");
        const string Text = "😀听说李华3点在南京大学工作，华字很学。";
        var entities = Predict(predictor, Text);
        Assert.Equal([("PER", "李华", 3, 5), ("ORG", "南京大学", 8, 12)], entities.Select(e => (e.Label, e.Text, e.Start, e.End)));
        using var units = TextPredictor.Load(result.Model(), "cpu", options: new() { Offsets = OffsetUnit.Utf16 });
        Assert.Equal([(4, 6), (9, 13)], Predict(units, Text).Select(e => (e.Start, e.End)));

        // The test texts in the report have the same places as the data.
        var line = JsonDocument.Parse(result.Evaluation("predictions.jsonl").Split('\n')[0]).RootElement;
        var first = line.GetProperty("entities")[0];
        var runes = line.GetProperty("text").GetString()!.EnumerateRunes().Select(r => r.ToString()).ToList();
        Assert.Equal(first.GetProperty("text").GetString(), string.Concat(runes[first.GetProperty("start").GetInt32()..first.GetProperty("end").GetInt32()]));
        Assert.Contains(first.GetProperty("text").GetString(), Names);
        Assert.True(line.TryGetProperty("predicted_entities", out _));
    }

    [Fact]
    public async Task A_model_of_single_characters_divides_a_text_into_characters()
    {
        var result = await LearnAsync("zh.conll", i =>
        {
            var name = i % 2 == 0 ? Names[i % 6] : $"A{Names[i % 6]}";
            var text = $"{(i % 3 == 0 ? "听说" : "")}{name}用APP{i % 10}号";
            var at = text.IndexOf(name, StringComparison.Ordinal);
            return string.Concat(text.Select((c, p) => $"{c} {(p < at || p >= at + name.Length ? "O" : p == at ? "B-PER" : "I-PER")}\n"));
        });
        Assert.Equal(WordDivision.Characters, ModelInput.Read(result.Model())!.Division);
        Assert.Contains(Notes(result), note => note.Contains("the words are single characters: `predict --text` will divide a text so", StringComparison.Ordinal));

        using var predictor = TextPredictor.Load(result.Model(), "cpu");
        const string Text = "听说A李华用APP7号";
        var entity = Assert.Single(Predict(predictor, Text));
        Assert.Equal(("A李华", 2, 5), (entity.Text, entity.Start, entity.End));
        var words = Text.Select(c => c.ToString()).ToList();
        var given = Assert.Single(predictor.Predict([new TextExample(Text) { Words = words }], cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal("A李华", Assert.Single(given.Entities!).Text);
        Assert.Equal(words.Count, given.Tags!.Count);
    }

    [Fact]
    public async Task Entities_that_cut_words_are_counted_and_the_other_unit_is_named_where_it_fits()
    {
        workspace.Write("cut.jsonl", string.Concat(Enumerable.Range(0, 30).Select(i =>
            JsonSerializer.Serialize(new { text = $"😀 Ada{i:00} lived in Rome", entities = new[] { new { start = 3, end = 8, label = "PER" } } }) + "\n")));
        var notes = Notes(await workspace.SucceedAsync(("Fetch", "FineTune.FetchData", new { source = "cut.jsonl" })));
        Assert.Contains(notes, n => n.Contains("30 of 30 entities begin or end inside a word: 30 took the whole word", StringComparison.Ordinal));
        Assert.Contains(notes, n => n.Contains("30 entities begin or end inside a word if their places count CodePoints, 0 if they count Utf16: is parameter Offsets right?", StringComparison.Ordinal));
        notes = Notes(await workspace.SucceedAsync(("Fetch", "FineTune.FetchData", new { source = "cut.jsonl", offsets = "Utf16", misalignedSpans = "Refuse" })));
        Assert.DoesNotContain(notes, n => n.Contains("inside a word", StringComparison.Ordinal));
        var dropped = Notes(await workspace.SucceedAsync(("Fetch", "FineTune.FetchData", new { source = "cut.jsonl", misalignedSpans = "Drop" })));
        Assert.Contains(dropped, n => n.Contains("30 were left out", StringComparison.Ordinal));
        Assert.Contains("inside the word 'Ada00'", await workspace.FailureOf(("Fetch", "FineTune.FetchData", new { source = "cut.jsonl", misalignedSpans = "Refuse" })), StringComparison.Ordinal);
    }

    private static object Span(List<string> points, string slice, string label)
    {
        var start = Enumerable.Range(0, points.Count).First(at => string.Concat(points.Skip(at)).StartsWith(slice, StringComparison.Ordinal));
        return new { start, end = start + slice.EnumerateRunes().Count(), label };
    }

    private static IReadOnlyList<PredictedEntity> Predict(TextPredictor predictor, string text) =>
        Assert.Single(predictor.Predict([text], cancellationToken: TestContext.Current.CancellationToken)).Entities!;

    private List<string> Notes(RunResult result) => [.. workspace.Journal(result.RunId).Select(e => $"{e}")];

    private async Task<RunResult> LearnAsync(string file, Func<int, string> row)
    {
        workspace.Write(file, string.Concat(Enumerable.Range(0, 240).Select(i => row(i) + "\n")));
        return await workspace.SucceedAsync(
            ("Fetch", "FineTune.FetchData", new { source = file }),
            ("Vocabulary", "FineTune.TrainTokenizer", new { vocabularySize = 200, minFrequency = 1 }),
            ("Tokenize", "FineTune.Tokenize", new { maxLength = 48 }),
            ("FineTune", "FineTune.FineTune", new { baseModel = "tiny", epochs = 8, learningRate = 3e-3, batchSize = 16, threads = 1, device = "cpu" }),
            ("Evaluate", "FineTune.Evaluate", new { threads = 1, device = "cpu" }));
    }
}
