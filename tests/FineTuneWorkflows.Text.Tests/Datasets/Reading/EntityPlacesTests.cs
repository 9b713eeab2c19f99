using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Datasets.Reading;
using FineTuneWorkflows.Text.Datasets.Splitting;
using FineTuneWorkflows.Text.Labelling;

namespace FineTuneWorkflows.Text.Tests.Datasets.Reading;

/// <summary>Entities that are marked by their places in a text: what the places count, and what a dataset remembers of them.</summary>
public sealed class EntityPlacesTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData(OffsetUnit.CodePoints, 2, 7)]
    [InlineData(OffsetUnit.Utf16, 3, 8)]
    public void An_emoji_before_an_entity_does_not_shift_it(OffsetUnit unit, int start, int end)
    {
        var example = Read(Row("😀 Ada00 lived in Rome", (start, end, "PER")), new() { Offsets = unit });
        Assert.Equal(["😀", "Ada00", "lived", "in", "Rome"], example.Words);
        Assert.Equal(["O", "B-PER", "O", "O", "O"], example.Tags);
        Assert.Equal("😀 Ada00 lived in Rome", example.Text);
    }

    [Fact]
    public void Places_beyond_the_text_name_the_unit_that_would_fit()
    {
        var message = Fails(Row("😀😀 Ada", (5, 8, "PER")), new());
        Assert.Contains("The entity 'PER' from 5 to 8 does not lie in a text of 6 characters; where places count otherwise, set Offsets to Utf16", message, StringComparison.Ordinal);
        Assert.DoesNotContain("Offsets", Fails(Row("Ada", (5, 8, "PER")), new()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_refused_entity_names_its_word_and_what_helps()
    {
        var path = Row("😀 Müllers Haus", (2, 8, "PER"));
        Assert.EndsWith(":1: the entity 'PER' from 2 to 8, 'Müller', begins or ends inside the word 'Müllers'; correct its places, or set MisalignedSpans to Widen or Drop, or WordDivision to Characters",
            Fails(path, new() { MisalignedSpans = MisalignedSpans.Refuse }), StringComparison.Ordinal);
        Assert.Equal(6, Read(path, new() { MisalignedSpans = MisalignedSpans.Refuse, Division = WordDivision.Characters }).Tags.Count(t => t != "O"));
    }

    [Fact]
    public void A_dataset_keeps_texts_and_what_became_of_their_entities()
    {
        // Places that count UTF-16, read as code points: all but the first are one too far, so that they cut words.
        var rows = Enumerable.Range(0, 30).Select(i => Line($"😀 Ada{i:00} lived in Rome", (3, 8, "PER")));
        var dataset = Split(_temp.Write("a.jsonl", string.Join('\n', rows)), new());
        Assert.Equal(new SpanCounts { Entities = 30, Widened = 30, MisalignedAmongPairs = 30, MisalignedInOtherUnit = 0 }, dataset.Info.Spans);
        Assert.Equal((OffsetUnit.CodePoints, WordDivision.Words), (dataset.Info.Offsets, dataset.Info.Division));
        Assert.Null(dataset.Info.GivenWords);
        var example = dataset.Read(SplitName.Train, TestContext.Current.CancellationToken).First();
        Assert.StartsWith("😀 Ada", example.Text, StringComparison.Ordinal);
        Assert.Equal(5, TextWords.Locate(example.Text, example.Words)!.Count);
        Assert.Equal(0, Split(_temp["a.jsonl"], new() { Offsets = OffsetUnit.Utf16 }).Info.Spans!.Widened);
    }

    [Fact]
    public void Words_that_came_divided_show_how_a_text_is_to_be_divided()
    {
        string[] sentences = ["张伟在南京大学A3工作。", "李华在 B2 看书。", "王芳去北京C楼。"];
        var characters = Split(Conll(s => TextWords.Split(s, WordDivision.Characters).Select(w => s[w.Start..w.End]), sentences), new());
        Assert.Equal(WordDivision.Characters, characters.Info.Division);
        Assert.Null(characters.Info.Spans);
        Assert.Equal(0, characters.Info.GivenWords!.DividedFurther);
        Assert.All(characters.Read(SplitName.Train, TestContext.Current.CancellationToken), e => Assert.DoesNotContain("京 大", e.Text, StringComparison.Ordinal));

        var words = Split(Conll(s => s.Split(' '), "Ada lives in the U.S. today", "I am a man", "She has 3.5 pounds", "We go"), new());
        Assert.Equal(WordDivision.Words, words.Info.Division);
        Assert.Equal((20, "U.S."), (words.Info.GivenWords!.DividedFurther, words.Info.GivenWords.Example));

        var segmented = Split(Conll(s => s.Split(' '), "张伟 在 南京 大学", "李华 看 书", "王芳 去 北京"), new());
        Assert.Equal(WordDivision.Words, segmented.Info.Division);
        Assert.Equal(60, segmented.Info.GivenWords!.DividedFurther);
        Assert.Equal(WordDivision.Characters, Split(Conll(s => s.Split(' '), "张伟 在 南京 大学", "李华 看 书", "王芳 去 北京"), new() { Division = WordDivision.Characters }).Info.Division);
    }

    private string Conll(Func<string, IEnumerable<string>> divide, params string[] sentences) => _temp.Write(
        "w.conll", string.Join("\n\n", Enumerable.Range(0, 10).SelectMany(i => sentences.Select(s => string.Join('\n', divide(s).Append($"{i % 10}").Select((w, at) => $"{w} {(at == 0 ? "B-PER" : "O")}"))))));

    private static string Line(string text, (int Start, int End, string Label) entity) =>
        System.Text.Json.JsonSerializer.Serialize(new { text, entities = new[] { new { start = entity.Start, end = entity.End, label = entity.Label } } });

    private string Row(string text, (int, int, string) entity) => _temp.Write("r.jsonl", Line(text, entity));

    private DatasetFolder Split(string path, ReadOptions options) =>
        DatasetSplitter.Split(new SplitRequest { Files = [path], Read = options }, _temp["d"], cancellationToken: TestContext.Current.CancellationToken);

    private static TextExample Read(string path, ReadOptions options) => ExampleReader.Read(path, options, new BadRowLog(), TestContext.Current.CancellationToken).Single().Example;

    private static string Fails(string path, ReadOptions options) => Assert.ThrowsAny<TextDataException>(() => Read(path, options)).Message;
}
