using System.IO.Compression;
using System.Text;
using FineTuneWorkflows.Text.Datasets.Reading;
using FineTuneWorkflows.Text.Files;

namespace FineTuneWorkflows.Text.Tests.Files;

/// <summary>A file is read whole or not at all, and no line takes more memory than the limit.</summary>
public sealed class WholeFilesTests : IDisposable
{
    private static readonly string Rows = string.Concat(Enumerable.Range(0, 400).Select(i => $"{{\"text\":\"row {i} {i * 7919 % 1000}\",\"label\":\"{i % 3}\"}}\n"));
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData(CompressionLevel.Optimal)]
    [InlineData(CompressionLevel.NoCompression)]
    public void A_packed_file_that_is_cut_anywhere_is_an_error(CompressionLevel level)
    {
        var packed = Packed(Rows, level);
        for (var length = 0; length < packed.Length; length++)
        {
            using var stream = new WholeGzipStream(new MemoryStream(packed, 0, length));
            Assert.Throws<InvalidDataException>(() => stream.CopyTo(Stream.Null));
        }
        using var whole = new WholeGzipStream(new MemoryStream(packed));
        using var reader = new StreamReader(whole);
        Assert.Equal(Rows, reader.ReadToEnd());
    }

    [Fact]
    public void No_row_of_a_file_that_is_cut_short_is_made_up_and_the_error_names_the_line()
    {
        var packed = Packed(Rows, CompressionLevel.Optimal);
        File.WriteAllBytes(_temp["a.jsonl.gz"], packed[..^9]);
        var read = new List<string>();
        var error = Assert.ThrowsAny<TextDataException>(() =>
        {
            foreach (var row in ExampleReader.Read(_temp["a.jsonl.gz"], new(), new(), TestContext.Current.CancellationToken)) read.Add(row.Text);
        });
        Assert.Contains("the packed file is cut short", error.Message, StringComparison.Ordinal);
        Assert.Equal(read.Count + 1, error.Line);
        Assert.All(read, (text, i) => Assert.StartsWith($"row {i} ", text, StringComparison.Ordinal));
    }

    [Fact]
    public void Packed_files_whose_name_does_not_say_so_are_refused_by_what_they_are()
    {
        File.WriteAllBytes(_temp["a.csv"], Packed(Rows, CompressionLevel.Optimal));
        Assert.Contains("the file is packed with gzip, though its name does not say so", Read("a.csv"), StringComparison.Ordinal);
        using (var zip = ZipFile.Open(_temp["b.csv"], ZipArchiveMode.Create)) zip.CreateEntry("x.csv");
        Assert.Contains("the file is a ZIP archive or a workbook", Read("b.csv"), StringComparison.Ordinal);
        File.WriteAllBytes(_temp["c.csv"], [.. "PAR1"u8, 0x15, 0, 0x15]);
        Assert.Contains("the file is a Parquet file", Read("c.csv"), StringComparison.Ordinal);

        // Whatever encoding is asked for: one of single bytes takes them all.
        string Read(string name) => Assert.ThrowsAny<TextDataException>(() => ExampleReader.Read(_temp[name], new() { Encoding = "ISO-8859-1" }, new(), TestContext.Current.CancellationToken).ToList()).Message;
    }

    [Fact]
    public void Damage_and_what_follows_are_errors_and_several_members_are_one_file()
    {
        var packed = Packed(Rows, CompressionLevel.Optimal);
        byte[] twice = [.. packed, .. packed];
        using (var stream = new WholeGzipStream(new MemoryStream(twice)))
        using (var reader = new StreamReader(stream)) Assert.Equal(Rows + Rows, reader.ReadToEnd());
        Assert.Contains("cut short", Fails(twice[..^3]), StringComparison.Ordinal);
        var damaged = packed.ToArray();
        damaged[^6] ^= 1;
        Assert.Contains("damaged", Fails(damaged), StringComparison.Ordinal);
        Assert.Contains("follows the packed data", Fails([.. packed, .. "more"u8]), StringComparison.Ordinal);
        Assert.Contains("empty", Fails([]), StringComparison.Ordinal);
        Assert.Contains("not packed with gzip", Fails([.. "plain text that is long enough"u8]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_huge_line_in_a_small_packed_file_is_refused_at_the_limit()
    {
        using (var packed = new GZipStream(File.Create(_temp["a.jsonl.gz"]), CompressionLevel.Fastest))
        {
            packed.Write("{\"text\":\"ok\",\"label\":\"x\"}\n{\"text\":\""u8);
            var many = new byte[1 << 20];
            many.AsSpan().Fill((byte)'a');
            for (var i = 0; i < 200; i++) packed.Write(many);
        }
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.ThrowsAny<TextDataException>(() => ExampleReader.Read(_temp["a.jsonl.gz"], new() { MaxLineMegabytes = 2 }, new(), TestContext.Current.CancellationToken).ToList());
        Assert.Equal(2, error.Line);
        Assert.Contains("the line is longer than 2 MB, which is the limit; it begins with {\"text\":\"aaa", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("; set MaxLineMegabytes=100 if lines may be longer", error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 40L << 20);
    }

    [Theory]
    [InlineData("a.csv", "text,label\n\"")]
    [InlineData("a.conll", "")]
    [InlineData("a.txt", "")]
    public void Every_format_has_the_limit(string name, string start)
    {
        File.WriteAllText(_temp[name], start + new string('a', 3 << 20));
        Assert.Contains("longer than 1 MB", Assert.ThrowsAny<TextDataException>(() => ExampleReader.Read(_temp[name], new() { MaxLineMegabytes = 1 }, new(), TestContext.Current.CancellationToken).ToList()).Message, StringComparison.Ordinal);
        File.WriteAllText(_temp["b.csv"], "text,label\n\"" + string.Concat(Enumerable.Repeat(new string('a', 1000) + "\n", 3000)));
        Assert.Contains("b.csv:2: the field in quotes that begins in line 2 is longer than 1 MB", Assert.ThrowsAny<TextDataException>(() => ExampleReader.Read(_temp["b.csv"], new() { MaxLineMegabytes = 1, Quoting = Quoting.Rfc4180 }, new(), TestContext.Current.CancellationToken).ToList()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[{\"text\":\"a\",\"label\":\"x\"},{\"text\":\"b\",\"label\":\"y\"}]")]
    [InlineData("\n[\n  {\"text\":\"a\",\"label\":\"x\"},\n  {\"text\":\"b\",\"label\":\"y\"}\n]\n")]
    public void A_JSON_array_that_is_called_JSON_Lines_is_named(string content)
    {
        File.WriteAllText(_temp["a.jsonl"], content);
        var error = Assert.ThrowsAny<TextDataException>(() => ExampleReader.Read(_temp["a.jsonl"], new() { BadRows = BadRowPolicy.Skip }, new(), TestContext.Current.CancellationToken).ToList());
        Assert.Contains("the file is one JSON array; JSON Lines is an object a line", error.Message, StringComparison.Ordinal);
        Assert.Equal(content[0] == '[' ? 1 : 2, error.Line);
    }

    [Fact]
    public void Lines_of_a_dataset_have_a_limit_too_and_long_ones_below_it_are_whole()
    {
        File.WriteAllText(_temp["a.jsonl"], "short\n" + new string('a', 3 << 20) + "\nlast");
        using (var reader = new LineBlockReader(_temp["a.jsonl"], 2 << 20))
        {
            var error = Assert.Throws<TextDataException>(() => { while (reader.Next() is not null) continue; });
            Assert.Equal($"{_temp["a.jsonl"]}:2: the line is longer than 2 MB, which is the limit", error.Message);
        }
        var lengths = new List<int>();
        using (var reader = new LineBlockReader(_temp["a.jsonl"], 4 << 20))
        {
            while (reader.Next() is { } block)
            {
                for (var i = 0; i < block.Count; i++) lengths.Add(block.Line(i).Length);
            }
        }
        Assert.Equal([5, 3 << 20, 4], lengths);
    }

    [Fact]
    public void A_word_list_that_is_not_UTF_8_or_cut_short_is_refused()
    {
        File.WriteAllBytes(_temp["words.txt"], [.. "good\ncaf"u8, 0xE9, .. "\n"u8]);
        Assert.Contains("words.txt:2: byte 4 of the line (0xE9) is not UTF-8; word lists are UTF-8", Assert.Throws<TextDataException>(() => FineTuneWorkflows.Text.Augmentation.StopWords.Load(_temp["words.txt"])).Message, StringComparison.Ordinal);
        File.WriteAllBytes(_temp["words.txt.gz"], Packed(Rows, CompressionLevel.Optimal)[..^4]);
        Assert.Contains("cut short", Assert.Throws<TextDataException>(() => FineTuneWorkflows.Text.Augmentation.StopWords.Load(_temp["words.txt.gz"])).Message, StringComparison.Ordinal);
    }

    private static byte[] Packed(string text, CompressionLevel level)
    {
        using var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, level)) stream.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }

    private static string Fails(byte[] packed)
    {
        using var stream = new WholeGzipStream(new MemoryStream(packed));
        return Assert.Throws<InvalidDataException>(() => stream.CopyTo(Stream.Null)).Message;
    }
}
