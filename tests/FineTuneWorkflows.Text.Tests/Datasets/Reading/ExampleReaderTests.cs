using System.IO.Compression;
using System.Text;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Datasets.Reading;

namespace FineTuneWorkflows.Text.Tests.Datasets.Reading;

public sealed class ExampleReaderTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Defaults_are_the_documented_ones()
    {
        var options = new ReadOptions();
        Assert.Equal(("text", "label", null, null, BadRowPolicy.Fail),
            (options.TextColumn, options.LabelColumn, options.SplitColumn, options.Format, options.BadRows));
    }

    [Theory]
    [InlineData("a.jsonl", "{\"text\":\"one\",\"label\":\"x\"}\n{\"label\":\"y\",\"text\":\"two\"}\n")]
    [InlineData("a.csv", "id,label,text\n1,x,one\n2,y,two\n")]
    [InlineData("a.tsv", "label\ttext\nx\tone\ny\ttwo")]
    [InlineData("a.ndjson", "{\"text\":\"one\",\"label\":\"x\"}\r\n\r\n{\"label\":\" y \",\"text\":\"two\"}")]
    [InlineData("a.CSV", "label,text\r\nx,one\r\n\r\ny,two\r\n")]
    public void Rows_are_read_by_the_extension(string name, string content)
    {
        var rows = Read(_temp.Write(name, content));
        Assert.Equal([("one", "x"), ("two", "y")], rows.Select(r => (r.Text, r.Label)));
    }

    // Also the lines that cannot begin a value and are refused before they are parsed.
    [Theory]
    [InlineData("hello", 1)]
    [InlineData("  hello", 3)]
    [InlineData("\u00a0{}", 1)]
    [InlineData("{\"text\":\"bro", 13)]
    [InlineData("nul", 4)]
    [InlineData("-", 2)]
    public void Json_that_does_not_parse_is_refused_with_the_byte_where_it_breaks(string line, int near)
    {
        var (_, bad, _) = Reading.Of(_temp.Write("a.jsonl", $"{{\"text\":\"one\",\"label\":\"x\"}}\n{line}\n"), new ReadOptions { BadRows = BadRowPolicy.Skip });
        Assert.Equal($"the line is not valid JSON (near byte {near})", Assert.Single(bad.First).Reason);
    }

    [Fact]
    public void A_byte_order_mark_is_not_part_of_the_first_column()
    {
        File.WriteAllText(_temp["a.csv"], "text,label\none,x\n", new UTF8Encoding(true));
        File.WriteAllText(_temp["a.jsonl"], "{\"text\":\"one\",\"label\":\"x\"}\n", new UTF8Encoding(true));
        Assert.Equal("one", Read(_temp["a.csv"]).Single().Text);
        Assert.Equal("one", Read(_temp["a.jsonl"]).Single().Text);
    }

    [Fact]
    public void Packed_files_are_unpacked()
    {
        using (var file = new GZipStream(File.Create(_temp["a.jsonl.gz"]), CompressionLevel.Fastest)) file.Write(
            "{\"text\":\"one\",\"label\":\"x\"}\n"u8);
        Assert.Equal("one", Read(_temp["a.jsonl.gz"]).Single().Text);
        File.WriteAllText(_temp["b.jsonl.gz"], "not packed");
        Assert.Contains("not packed with gzip", Fails(_temp["b.jsonl.gz"]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_quoted_field_may_hold_separators_quotes_and_line_breaks_and_later_rows_keep_their_line_numbers()
    {
        var path = _temp.Write("a.csv", "text,label\n\"one, \"\"two\"\"\nthree\",x\nfour,y\n,z\n");
        var rows = Read(path, new ReadOptions { BadRows = BadRowPolicy.Skip }, out var bad);
        Assert.Equal([("one, \"two\"\nthree", 2L), ("four", 4L)], rows.Select(r => (r.Text, r.Line)));
        Assert.Equal([5L], bad.First.Select(b => b.Line));
    }

    [Theory]
    [InlineData("a.csv", "text,label\nfine,x\n\"broken\" here,y\n", 3, "quote")]
    [InlineData("a.csv", "text,label\nfine,x\ntoo,many,fields\n", 3, "3 fields where the header has 2")]
    [InlineData("a.tsv", "text\tlabel\nfine\tx\nlonely\n", 3, "1 fields where the header has 2")]
    [InlineData("a.csv", "text,label\nfine,x\n\"never closed,y\n", 3, "never closed")]
    [InlineData("a.jsonl", "{\"text\":\"fine\",\"label\":\"x\"}\n{\"text\":\"bro\n", 2, "not valid JSON")]
    [InlineData("a.jsonl", "{\"text\":\"fine\",\"label\":\"x\"}\n[1]\n", 2, "no object")]
    [InlineData("a.jsonl", "{\"text\":\"fine\",\"label\":\"x\"}\n{\"text\":\"b\"}\n", 2, "no 'label'; the columns are: text")]
    [InlineData("a.jsonl", "{\"text\":\"fine\",\"label\":\"x\"}\n{\"text\":3,\"label\":\"x\"}\n", 2, "not a string")]
    [InlineData("a.jsonl", "{\"text\":\"fine\",\"label\":\"x\"}\n{\"text\":\"\\ud800\",\"label\":\"x\"}\n", 2, "no valid character")]
    [InlineData("a.jsonl", "{\"text\":\"fine\",\"label\":\"x\"}\n\n{\"text\":\" \",\"label\":\"x\"}\n", 3, "the text (column 'text') is empty")]
    [InlineData("a.jsonl", "{\"text\":\"fine\",\"label\":\"x\"}\n{\"text\":null,\"label\":\"x\"}\n", 2, "the text (column 'text') is empty")]
    [InlineData("a.csv", "text,label\nfine,x\nfine too,\n", 3, "the label (column 'label') is empty")]
    public void A_row_that_does_not_parse_names_its_line_or_is_skipped_and_counted(string name, string content, long line, string reason)
    {
        var path = _temp.Write(name, content);
        var error = Fails(path);
        Assert.Equal((path, line), (error.File, error.Line));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.StartsWith($"{path}:{line}: ", error.Message, StringComparison.Ordinal);

        Assert.Equal("fine", Read(path, new ReadOptions { BadRows = BadRowPolicy.Skip }, out var bad).Single().Text);
        Assert.Equal((1, line, name), (bad.Count, bad.First[0].Line, bad.First[0].File));
        Assert.Contains(reason, bad.First[0].Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.csv", "text,label\na 5\" screen,x\n")]
    [InlineData("a.tsv", "text\tlabel\na 5\" screen\tx\n")]
    public void A_quote_inside_a_field_that_does_not_begin_with_one_is_text(string name, string content) =>
        Assert.Equal("a 5\" screen", Read(_temp.Write(name, content)).Single().Text);

    [Theory]
    [InlineData("a.csv", "body,label\none,x\n", "body, label")]
    [InlineData("a.tsv", "Text\tlabel\none\tx\n", "Text, label")]
    [InlineData("a.jsonl", "{\"body\":\"one\",\"label\":\"x\"}\n", "body, label")]
    public void A_missing_column_lists_those_there_are_even_when_bad_rows_are_skipped(string name, string content, string columns)
    {
        var error = Assert.ThrowsAny<TextDataException>(() => Read(_temp.Write(name, content), new ReadOptions { BadRows = BadRowPolicy.Skip }, out _));
        Assert.EndsWith($"'text'; the columns are: {columns}", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, error.Line);
    }

    [Fact]
    public void Columns_can_be_mapped_and_labels_may_be_numbers_or_booleans()
    {
        var options = new ReadOptions { TextColumn = "body", LabelColumn = "class" };
        var path = _temp.Write("a.jsonl", "{\"body\":\"one\",\"class\":1}\n{\"body\":\"two\",\"class\":true}\n{\"body\":\"three\",\"class\":0.5}\n");
        Assert.Equal(["1", "true", "0.5"], Read(path, options, out _).Select(r => r.Label));
    }

    [Theory]
    [InlineData("train", SplitName.Train)]
    [InlineData("Dev", SplitName.Validation)]
    [InlineData(" test ", SplitName.Test)]
    public void A_split_column_says_the_split(string value, SplitName split)
    {
        var path = _temp.Write("a.csv", $"text,label,part\none,x,{value}\n");
        Assert.Equal(split, Read(path, new ReadOptions { SplitColumn = "part" }, out _).Single().Split);
    }

    [Fact]
    public void An_unknown_split_names_its_line()
    {
        var path = _temp.Write("a.csv", "text,label,part\none,x,train\ntwo,x,holdout\n");
        var error = Assert.ThrowsAny<TextDataException>(() => Read(path, new ReadOptions { SplitColumn = "part" }, out _));
        Assert.Equal($"{path}:3: the split 'holdout' (column 'part') is unknown; write train, validation or test", error.Message);
    }

    [Theory]
    [InlineData("a.csv", "")]
    [InlineData("a.csv", "text,label\n")]
    [InlineData("a.jsonl", "\n \n")]
    public void A_file_without_rows_is_an_error(string name, string content) =>
        Assert.Contains("has no rows", Fails(_temp.Write(name, content)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_missing_file_and_an_unknown_extension_are_errors()
    {
        Assert.Contains("does not exist", Fails(_temp["none.csv"]).Message, StringComparison.Ordinal);
        Assert.Contains(".xlsx", Fails(_temp.Write("a.xlsx", "x")).Message, StringComparison.Ordinal);
        Assert.Equal("one", Read(_temp.Write("a.dat", "text,label\none,x\n"), new ReadOptions { Format = DataFormat.Csv }, out _).Single().Text);
    }

    [Fact]
    public void Only_the_first_ten_bad_rows_are_kept()
    {
        var path = _temp.Write("a.jsonl", "{\"text\":\"fine\",\"label\":\"x\"}\n" + string.Concat(Enumerable.Repeat("{\n", 25)));
        Read(path, new ReadOptions { BadRows = BadRowPolicy.Skip }, out var bad);
        Assert.Equal((25, 10), (bad.Count, bad.First.Count));
    }

    [Fact]
    public void Reading_is_lazy_and_can_be_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        var path = _temp.Write("a.jsonl", string.Concat(Enumerable.Repeat("{\"text\":\"fine\",\"label\":\"x\"}\n", 100)));
        using var rows = ExampleReader.Read(path, new ReadOptions(), new BadRowLog(), cancel.Token).GetEnumerator();
        Assert.True(rows.MoveNext());
        cancel.Cancel();
        Assert.Throws<OperationCanceledException>(() => rows.MoveNext());
    }

    private static List<SourceRow> Read(string path) => Read(path, new ReadOptions(), out _);

    private static List<SourceRow> Read(string path, ReadOptions options, out BadRowLog bad)
    {
        bad = new BadRowLog();
        return [.. ExampleReader.Read(path, options, bad, TestContext.Current.CancellationToken)];
    }

    private static TextDataException Fails(string path) => Assert.ThrowsAny<TextDataException>(() => Read(path));
}
