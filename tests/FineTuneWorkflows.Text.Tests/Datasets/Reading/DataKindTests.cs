using FineTuneWorkflows.Text.Conversations;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Datasets.Reading;
using FineTuneWorkflows.Text.Datasets.Splitting;

namespace FineTuneWorkflows.Text.Tests.Datasets.Reading;

public sealed class DataKindTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("a.jsonl", "{\"text\":\"a\",\"label\":\"x\"}", DataKind.TextClassification)]
    [InlineData("a.jsonl", "{\"text\":\"a\",\"label\":[\"x\"]}", DataKind.MultiLabelClassification)]
    [InlineData("a.jsonl", "broken\n{\"text\":\"a\",\"labels\":[]}", DataKind.MultiLabelClassification)]
    [InlineData("a.jsonl", "{\"tokens\":[\"a\"],\"tags\":[\"O\"]}", DataKind.TokenClassification)]
    [InlineData("a.jsonl", "{\"text\":\"a\",\"entities\":[]}", DataKind.TokenClassification)]
    [InlineData("a.jsonl", "{\"messages\":[]}", DataKind.Conversations)]
    [InlineData("a.jsonl", "{\"prompt\":\"a\",\"completion\":\"b\"}", DataKind.Conversations)]
    [InlineData("a.jsonl", "{\"text\":\"a\"}", DataKind.TextClassification)]
    [InlineData("a.jsonl", "{\"text\":\"a\",\"\\ud83d\":1}\n{\"messages\":[]}", DataKind.Conversations)]
    [InlineData("a.conll", "a O", DataKind.TokenClassification)]
    [InlineData("a.txt", "a", DataKind.PlainText)]
    [InlineData("a.csv", "text,label", DataKind.TextClassification)]
    public void A_file_shows_its_kind(string name, string content, DataKind kind) =>
        Assert.Equal(kind, ExampleReader.KindOf(_temp.Write(name, content), new ReadOptions()));

    [Theory]
    [InlineData("{\"\\ud83d\":1,\"text\":\"a\",\"label\":\"x\"}")]
    [InlineData("{\"text\":\"a\",\"label\":\"x\",\"more\":[{\"\\uDC00\":1}]}")]
    public void A_name_that_holds_half_of_a_character_is_a_bad_row(string line)
    {
        var path = _temp.Write("a.jsonl", "{\"text\":\"b\",\"label\":\"x\"}\n" + line + "\n");
        var refused = Reading.Fails(path);
        Assert.Equal(2, refused.Line);
        Assert.Contains("a member's name holds half of a character", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_show_the_kind_of_a_table()
    {
        var path = _temp.Write("a.csv", "text,second,label\na,b,x\n");
        Assert.Equal(DataKind.TextPairClassification, ExampleReader.KindOf(path, new ReadOptions { SecondColumn = "second" }));
        Assert.Equal(DataKind.MultiLabelClassification, ExampleReader.KindOf(path, new ReadOptions { LabelSeparator = "|" }));
    }

    [Fact]
    public void Pairs_come_from_tables_and_objects()
    {
        var pair = new TextExample("Is it?", "yes") { Second = "It is." };
        var csv = new ReadOptions { TextColumn = "question", SecondColumn = "passage" };
        Assert.Equal([pair], Read(_temp.Write("a.csv", "question,label,passage\nIs it?,yes,It is.\n"), csv));
        var json = new ReadOptions { Kind = DataKind.TextPairClassification };
        Assert.Equal([pair], Read(_temp.Write("a.jsonl", "{\"text\":\"Is it?\",\"second\":\"It is.\",\"label\":\"yes\"}\n"), json));
        Assert.Contains("a.jsonl:1: there is no 'second'; the columns are: text, label",
            Fails(_temp.Write("a.jsonl", "{\"text\":\"a\",\"label\":\"x\"}\n"), json), StringComparison.Ordinal);
        Assert.Contains("a.csv:2: the second text (column 'passage') is empty",
            Fails(_temp.Write("a.csv", "question,label,passage\nIs it?,yes, \n"), csv), StringComparison.Ordinal);
    }

    [Fact]
    public void Many_labels_come_from_lists_and_separators_without_doubles_and_may_be_none()
    {
        var path = _temp.Write("a.jsonl", "{\"text\":\"a\",\"label\":[\"y\",\"x\",\" y\"]}\n{\"text\":\"b\",\"label\":[]}\n");
        Assert.Equal(["x y", ""], Read(path, new()).Select(e => string.Join(' ', e.Labels)));
        path = _temp.Write("a.csv", "text,label\na,y | x\nb,\n");
        Assert.Equal(["x y", ""], Read(path, new() { LabelSeparator = "|" }).Select(e => string.Join(' ', e.Labels)));
        Assert.Contains("a.jsonl:2: 'label' holds an empty label",
            Fails(_temp.Write("a.jsonl", "{\"text\":\"a\",\"label\":[\"y\"]}\n{\"text\":\"b\",\"label\":[\" \"]}\n"), new()), StringComparison.Ordinal);
    }

    [Fact]
    public void Tagged_words_come_from_CoNLL_tokens_and_entities_alike()
    {
        string[] words = ["Anna", "Bell", "is", "in", "St", ".", "Gallen", "."];
        string[] tags = ["B-PER", "I-PER", "O", "O", "B-LOC", "I-LOC", "I-LOC", "O"];
        var conll = string.Join('\n', words.Zip(tags).Select(p => $"{p.First} NNP {p.Second}"));
        var tokens = System.Text.Json.JsonSerializer.Serialize(new { tokens = words, tags });
        const string Entities = """{"text":"Anna Bell is in St. Gallen.","entities":[{"start":16,"end":26,"label":"LOC"},{"start":0,"end":9,"label":"PER"}]}""";
        foreach (var (name, content) in new[] { ("a.conll", "-DOCSTART- O\n\n" + conll + "\n\n\n"), ("a.jsonl", tokens), ("b.jsonl", Entities) })
        {
            var example = Assert.Single(Read(_temp.Write(name, content), new()));
            Assert.Equal(words, example.Words);
            Assert.Equal(tags, example.Tags);
        }
    }

    [Fact]
    public void Older_tags_that_begin_with_I_begin_an_entity()
    {
        var path = _temp.Write("a.bio", "Anna I-PER\nBerlin I-LOC\nWall I-LOC\nBonn B-LOC\n");
        Assert.Equal(["B-PER", "B-LOC", "I-LOC", "B-LOC"], Read(path, new()).Single().Tags);
    }

    [Theory]
    [InlineData("a.conll", "a O\n\nb B-X\nc\n", 4, "the word 'c' has no tag")]
    [InlineData("a.conll", "a O\n\nb Q-X\n", 3, "the tag 'Q-X' is not valid")]
    [InlineData("a.jsonl", "{\"tokens\":[\"a\"],\"tags\":[\"O\"]}\n{\"tokens\":[\"a\"],\"tags\":[]}\n", 2, "1 tokens and 0 tags")]
    [InlineData("a.jsonl", "{\"tokens\":[\"a\"],\"tags\":[\"O\"]}\n{\"tokens\":[\"a\"],\"tags\":[\"PER\"]}\n", 2, "the tag 'PER' is not valid")]
    [InlineData("a.jsonl", "{\"text\":\"a\",\"entities\":[]}\n{\"text\":\"a\",\"entities\":[{\"start\":0,\"end\":9,\"label\":\"X\"}]}\n", 2, "does not lie in a text of 1 characters")]
    [InlineData("a.jsonl", "{\"text\":\"a\",\"entities\":[]}\n{\"text\":\"a b\",\"entities\":[{\"start\":1,\"end\":2,\"label\":\"X\"}]}\n", 2, "has no words")]
    [InlineData("a.jsonl", "{\"text\":\"a\",\"entities\":[]}\n{\"text\":\"a\",\"entities\":[{\"from\":0}]}\n", 2, "an entity is")]
    [InlineData("a.jsonl", "{\"prompt\":\"a\",\"completion\":\"b\"}\n{\"prompt\":\"a\",\"completion\":\"\"}\n", 2, "the 'completion' is empty")]
    [InlineData("a.jsonl", "{\"messages\":[{\"role\":\"assistant\",\"content\":\"a\"}]}\n{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}\n", 2, "no message is the assistant's")]
    [InlineData("a.jsonl", "{\"messages\":[{\"role\":\"assistant\",\"content\":\"a\"}]}\n{\"messages\":[{\"role\":\"bot\",\"content\":\"a\"}]}\n", 2, "the role 'bot'")]
    public void A_bad_row_of_any_kind_names_its_line_or_is_skipped(string name, string content, long line, string reason)
    {
        var path = _temp.Write(name, content);
        var message = Fails(path, new());
        Assert.StartsWith($"{path}:{line}: ", message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.Single(Read(path, new() { BadRows = BadRowPolicy.Skip }));
    }

    [Fact]
    public void Conversations_come_as_messages_or_as_prompt_and_completion()
    {
        ChatMessage[] messages = [new("user", "Hi?"), new("assistant", "Hello.")];
        const string Content = """
            {"messages":[{"role":"user","content":"Hi?"},{"role":"assistant","content":"Hello."}]}
            {"messages":[{"role":"system","content":"Be kind."},{"role":"user","content":"Hi?"},{"role":"assistant","content":"Hello."}]}
            """;
        var rows = Read(_temp.Write("a.jsonl", Content), new());
        Assert.Equal(messages, rows[0].Messages);
        Assert.Equal("system: Be kind.\nuser: Hi?\nassistant: Hello.", rows[1].Text);
        Assert.Equal(messages, Read(_temp.Write("b.jsonl", """{"prompt":"Hi?","completion":"Hello."}"""), new()).Single().Messages);
    }

    [Theory]
    [InlineData(DocumentBoundary.Line, new[] { "one", "two", "three" })]
    [InlineData(DocumentBoundary.EmptyLine, new[] { "one\ntwo", "three" })]
    [InlineData(DocumentBoundary.File, new[] { "one\ntwo\n\n\nthree" })]
    public void Plain_text_is_divided_into_documents_as_asked(DocumentBoundary documents, string[] expected)
    {
        var path = _temp.Write("a.txt", "\none\r\ntwo\n\n \nthree\n\n");
        Assert.Equal(expected, Read(path, new() { Documents = documents }).Select(e => e.Text));
    }

    [Fact]
    public void A_kind_that_cannot_stand_in_such_a_file_is_refused()
    {
        Assert.Contains("cannot be read from a table; give a JSON Lines file or a CoNLL file",
            Fails(_temp.Write("a.csv", "text,label\na,b\n"), new() { Kind = DataKind.TokenClassification }), StringComparison.Ordinal);
        Assert.Contains("TextClassification cannot be read from a file of the format Text",
            Fails(_temp.Write("a.txt", "a"), new() { Kind = DataKind.TextClassification }), StringComparison.Ordinal);
        Assert.Contains("has no column 'part'", Fails(_temp.Write("a.conll", "a O"), new() { SplitColumn = "part" }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_dataset_of_each_kind_keeps_its_examples_and_says_its_kind()
    {
        TextExample[] examples =
        [
            new("a", "x"), new("a", "x") { Second = "b" }, TextExample.OfLabels("a", ["y", "x"]), TextExample.OfWords(["a", "b"], ["B-X", "O"]), new("a\n\nb"),
            TextExample.OfMessages([new("user", "a"), new("assistant", "b\n\u2028\"")]),
        ];
        foreach (var (kind, example) in Enum.GetValues<DataKind>().Zip(examples))
        {
            using (var writer = new DatasetFolderWriter(_temp["d"], kind))
            {
                writer.Add(SplitName.Train, example);
                writer.Complete();
            }
            var dataset = DatasetFolder.Open(_temp["d"]);
            Assert.Equal(kind, dataset.Kind);
            Assert.Equivalent(example, Assert.Single(dataset.Read(SplitName.Train, TestContext.Current.CancellationToken)), strict: true);
        }
        Assert.Equal(["O", "B-X", "I-X"], DatasetInfo.Ordered(DataKind.TokenClassification, ["B-X"]));
    }

    [Fact]
    public void A_damaged_line_of_any_kind_is_named()
    {
        using (var writer = new DatasetFolderWriter(_temp["d"], DataKind.TokenClassification))
        {
            writer.Add(SplitName.Train, TextExample.OfWords(["a"], ["B-X"]));
            writer.Complete();
        }
        foreach (var (line, problem) in new[] { ("{\"tokens\":[\"a\"]}", "there is no 'tags'"), ("[]", "not valid JSON"), ("{\"tokens\":[\"a\"],\"tags\":[\"B-Y\"]}", "'B-Y' is not one of") })
        {
            File.WriteAllText(Path.Combine(_temp["d"], "train.jsonl"), line + "\n");
            var error = Assert.ThrowsAny<TextDataException>(() => DatasetFolder.Open(_temp["d"]).Read(SplitName.Train).ToList());
            Assert.Contains(problem, error.Message, StringComparison.Ordinal);
            Assert.Equal(1, error.Line);
        }
    }

    [Fact]
    public void Kinds_without_one_label_are_split_by_share_and_equal_examples_stay_on_one_side()
    {
        var lines = Enumerable.Range(0, 100).Select(i => $$"""{"tokens":["w{{i}}","b"],"tags":["B-X","O"]}""").ToList();
        lines.AddRange(lines.Take(10));
        lines.Add("""{"tokens":["w20","b"],"tags":["O","O"]}""");
        var dataset = DatasetSplitter.Split(
            new SplitRequest { Files = [_temp.Write("a.jsonl", string.Join('\n', lines))] }, _temp["d"], cancellationToken: TestContext.Current.CancellationToken);
        // w20 has two answers, so both its rows go.
        Assert.Equal((20, 10, 69), (dataset.Count(SplitName.Test), dataset.Count(SplitName.Validation), dataset.Count(SplitName.Train)));
        Assert.Equal((10, 1, 2), (dataset.Info.DuplicatesWithinSplits, dataset.Info.ContradictingTexts, dataset.Info.ContradictingRowsRemoved));
        Assert.Equal(["O", "B-X", "I-X"], dataset.Labels);
        Assert.Equal(99, SplitNames.All.Sum(s => dataset.Info.Splits[s.ToText()].Classes["B-X"]));
    }

    [Fact]
    public void Pairs_with_the_same_first_text_are_different_examples()
    {
        var rows = Enumerable.Range(0, 40).Select(i => $"same,other {i},{(i % 2 == 0 ? "x" : "y")}");
        var path = _temp.Write("a.csv", "text,second,label\n" + string.Join('\n', rows));
        var request = new SplitRequest { Files = [path], Read = new() { SecondColumn = "second" } };
        var dataset = DatasetSplitter.Split(request, _temp["d"], cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(40, SplitNames.All.Sum(dataset.Count));
        Assert.Equal(4, dataset.Info.Splits["test"].Classes["x"]);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(4, 1)]
    public void A_group_stays_in_one_split_whatever_the_order_of_rows(int folds, int fold)
    {
        var rows = Enumerable.Range(0, 300).Select(i => $"text {i},{(i % 2 == 0 ? "x" : "y")},{i * i % 61}").ToList();
        var request = new SplitRequest { Files = [_temp["a.csv"]], Read = new() { GroupColumn = "doc" }, Folds = folds, Fold = fold };
        var sides = new List<string>();
        foreach (var order in new[] { rows, [.. rows.AsEnumerable().Reverse()] })
        {
            _temp.Write("a.csv", "text,label,doc\n" + string.Join('\n', order));
            var dataset = DatasetSplitter.Split(request, _temp["d"], cancellationToken: TestContext.Current.CancellationToken);
            var groups = rows.ToDictionary(r => r.Split(',')[0], r => r.Split(',')[2], StringComparer.Ordinal);
            var found = SplitNames.All.SelectMany(s => dataset.Read(s, TestContext.Current.CancellationToken).Select(e => (Split: s, Group: groups[e.Text])))
                .Distinct().OrderBy(p => p.Group, StringComparer.Ordinal).ToList();
            Assert.Equal(found.Count, found.Select(p => p.Group).Distinct(StringComparer.Ordinal).Count());
            sides.Add(string.Join(' ', found));
            Assert.InRange(dataset.Count(SplitName.Test), 60, 75);
            Assert.InRange(dataset.Count(SplitName.Validation), folds == 0 ? 30 : 45, folds == 0 ? 45 : 75);
        }
        Assert.Equal(sides[0], sides[1]);
        Assert.Contains("a.csv:2: the group (column 'doc') is empty", Fails(_temp.Write("a.csv", "text,label,doc\na,x,\n"), request.Read), StringComparison.Ordinal);
    }

    [Fact]
    public void The_shipped_entities_and_texts_are_read()
    {
        var entities = Path.Combine(ShippedData.Folder, "entities");
        var request = new SplitRequest { Files = [Path.Combine(entities, "train.jsonl")], TestFiles = [Path.Combine(entities, "test.jsonl")] };
        var dataset = DatasetSplitter.Split(request, _temp["d"], cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(DataKind.TokenClassification, dataset.Kind);
        Assert.Equal(15, dataset.Labels.Count);
        var novel = Path.Combine(ShippedData.Folder, "texts", "moby-dick.txt.gz");
        dataset = DatasetSplitter.Split(new SplitRequest { Files = [novel] }, _temp["t"], cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(DataKind.PlainText, dataset.Kind);
        // One paragraph is there twice but for its case.
        Assert.Equal(2412, SplitNames.All.Sum(dataset.Count));
    }

    private static List<TextExample> Read(string path, ReadOptions options) =>
        [.. ExampleReader.Read(path, options, new BadRowLog(), TestContext.Current.CancellationToken).Select(r => r.Example)];

    private static string Fails(string path, ReadOptions options) => Assert.ThrowsAny<TextDataException>(() => Read(path, options)).Message;
}
