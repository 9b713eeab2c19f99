using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Datasets.Reading;

namespace FineTuneWorkflows.Text.Tests.Datasets.Reading;

/// <summary>Rows that are to be predicted: no label is asked for.</summary>
public sealed class UnlabelledRowsTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("a.jsonl", "{\"text\":\"one\"}\n{\"text\":\"\"}\n{\"text\":\"two\",\"label\":7}\n", "one||two")]
    [InlineData("a.csv", "id,text\n1,one\n2,\n3,two\n", "one||two")]
    [InlineData("a.tsv", "text\none\ntwo\n", "one|two")]
    [InlineData("a.txt", "one\n\ntwo\n", "one|two")]
    public void Texts_need_no_label_and_may_be_empty_where_a_row_is_one(string name, string content, string texts) =>
        Assert.Equal(texts, string.Join('|', Read(_temp.Write(name, content), new()).Select(e => e.Text)));

    [Theory]
    [InlineData("a.jsonl", "{\"q\":\"one\",\"p\":\"two\"}\n")]
    [InlineData("a.csv", "p,q\ntwo,one\n")]
    public void A_second_column_makes_pairs(string name, string content) =>
        Assert.Equal([new TextExample("one") { Second = "two" }], Read(_temp.Write(name, content), new() { TextColumn = "q", SecondColumn = "p" }));

    [Fact]
    public void Words_and_conversations_without_an_answer_are_known_by_their_columns()
    {
        var words = Assert.Single(Read(_temp.Write("a.jsonl", "{\"tokens\":[\"Anna\",\"sang\"]}\n"), new()));
        Assert.Equal(["Anna", "sang"], words.Words);
        Assert.Equal("Anna sang", words.Text);
        var chat = Assert.Single(Read(_temp.Write("a.jsonl", "{\"messages\":[{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":\"u\"}]}\n"), new()));
        Assert.Equal(["system", "user"], chat.Messages.Select(m => m.Role));
        Assert.Equal("u", Assert.Single(Assert.Single(Read(_temp.Write("a.jsonl", "{\"prompt\":\"u\"}\n"), new())).Messages).Content);
        Assert.Equal(["Anna", "sang"], Assert.Single(Read(_temp.Write("a.conll", "Anna B-PER\nsang O\n"), new())).Words);
    }

    [Theory]
    [InlineData("a.jsonl", "{\"body\":\"a\"}\n", "text", "a.jsonl:1: there is no 'text'; the columns are: body")]
    [InlineData("a.csv", "text,b\na,b\n", "second", "a.csv:1: there is no column 'second'; the columns are: text, b")]
    public void A_missing_column_is_told_apart_by_its_name(string name, string content, string column, string message)
    {
        var options = new ReadOptions { SecondColumn = column == "second" ? "second" : null };
        var error = Assert.Throws<MissingColumnException>(() => Read(_temp.Write(name, content), options));
        Assert.Equal(column, error.Column);
        Assert.EndsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"text\":null}\n", "a.jsonl:1: the text (column 'text') is empty")]
    [InlineData("{\"tokens\":[]}\n", "a.jsonl:1: 'tokens' is empty")]
    [InlineData("{\"tokens\":[\"a\",\" \"]}\n", "a.jsonl:1: the token 2 is empty")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":\"u\"},{\"role\":\"assistant\",\"content\":\"a\"}]}\n", "a.jsonl:1: the last message is the assistant's, so there is nothing to answer")]
    public void What_cannot_be_asked_names_its_line(string content, string message) =>
        Assert.EndsWith(message, Assert.ThrowsAny<TextDataException>(() => Read(_temp.Write("a.jsonl", content), new())).Message, StringComparison.Ordinal);

    private static List<TextExample> Read(string path, ReadOptions options) =>
        [.. ExampleReader.Read(path, options with { WithLabels = false }, new BadRowLog(), TestContext.Current.CancellationToken).Select(r => r.Example)];
}
