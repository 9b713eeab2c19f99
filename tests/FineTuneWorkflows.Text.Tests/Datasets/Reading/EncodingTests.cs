using System.Text;
using FineTuneWorkflows.Text.Datasets.Reading;

namespace FineTuneWorkflows.Text.Tests.Datasets.Reading;

/// <summary>Bytes become the characters that were meant, or an error: never others in silence.</summary>
public sealed class EncodingTests : IDisposable
{
    private const string Chinese = "今天的天气很好，我们去公园了", Korean = "오늘은 날씨가 정말 좋네요", Japanese = "きょうはとてもいいてんきです", Russian = "сегодня очень хорошая погода", Western = "café crème brûlée";
    private static readonly EncodingProvider Pages = CodePagesEncodingProvider.Instance;
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("GB18030", 54936, Chinese)]
    [InlineData("gbk", 936, Chinese)]
    [InlineData("Big5", 950, "今天的天氣很好，我們去公園了")]
    [InlineData("Shift_JIS", 932, Japanese)]
    [InlineData("shift-jis", 932, Japanese)]
    [InlineData("EUC-JP", 51932, Japanese)]
    [InlineData("EUC-KR", 51949, Korean)]
    [InlineData("cp949", 949, "똠방각하")]
    [InlineData("windows-1252", 1252, "“café” – 5 €")]
    [InlineData("cp1251", 1251, Russian)]
    [InlineData("latin-1", 28591, Western)]
    [InlineData("ISO-8859-15", 28605, "5 €")]
    [InlineData("UTF-16BE", 1201, Chinese)]
    public void A_named_encoding_is_read_in_every_format(string name, int page, string text)
    {
        var encoding = Pages.GetEncoding(page) ?? Encoding.GetEncoding(page);
        foreach (var (file, content) in new[]
        {
            ("a.csv", $"text,label\r\n\"{text}\",x\r\nplain,y\r\n"), ("a.tsv", $"text\tlabel\n{text}\tx\nplain\ty"), ("a.jsonl", $"{{\"text\":\"{text}\",\"label\":\"x\"}}\n{{\"text\":\"plain\",\"label\":\"y\"}}\n"),
        })
        {
            File.WriteAllBytes(_temp[file], encoding.GetBytes(content));
            var (rows, _, notes) = Reading.Of(_temp[file], new() { Encoding = name });
            Assert.Equal([text, "plain"], rows.Select(r => r.Text));
            Assert.Contains(notes, n => n.StartsWith($"{file}: read as ", StringComparison.Ordinal));
        }
        File.WriteAllBytes(_temp["a.conll"], encoding.GetBytes($"{text.Replace(' ', '_')}\tB-X\nplain\tO\n"));
        Assert.Equal(text.Replace(' ', '_'), Reading.Of(_temp["a.conll"], new() { Encoding = name }).Rows.Single().Example.Words[0]);
        File.WriteAllBytes(_temp["a.txt"], encoding.GetBytes(text + "\n"));
        Assert.Equal(text, Reading.Of(_temp["a.txt"], new() { Encoding = name }).Rows.Single().Text);
    }

    [Theory]
    [InlineData(936, Chinese, "GB18030")]
    [InlineData(950, "今天的天氣很好，我們去公園了", "Big5")]
    [InlineData(932, Japanese, "Shift_JIS")]
    [InlineData(51932, Japanese, "EUC-JP")]
    [InlineData(51949, Korean, "EUC-KR")]
    [InlineData(1251, Russian, "windows-1251")]
    [InlineData(20866, Russian, "KOI8-R")]
    [InlineData(1253, "σήμερα ο καιρός είναι πολύ καλός", "windows-1253")]
    [InlineData(1252, Western, "windows-1252")]
    public void Bytes_that_are_not_UTF_8_are_refused_with_file_line_and_byte_and_the_likely_encoding(int page, string text, string likely)
    {
        foreach (var (file, start, content) in new[]
        {
            ("a.csv", "text,label\nplain,y\n", $"1{text},x\n"), ("a.jsonl", "{\"text\":\"plain\",\"label\":\"y\"}\n\n", $"{{\"text\":\"{text}\",\"label\":\"x\"}}\n"),
            ("a.conll", "plain B-Y\n\n", $"{text.Replace(' ', '_')} O\n"), ("a.txt", "plain\n\n", text + "\n"),
        })
        {
            File.WriteAllBytes(_temp[file], [.. Encoding.ASCII.GetBytes(start), .. Pages.GetEncoding(page)!.GetBytes(content)]);
            var error = Reading.Fails(_temp[file]);
            Assert.Equal((_temp[file], 3L), (error.File, error.Line));
            Assert.Contains("is not UTF-8", error.Message, StringComparison.Ordinal);
            Assert.EndsWith($"; set Encoding={likely} if the file is that, as its letters suggest", error.Message, StringComparison.Ordinal);
            var (rows, bad, _) = Reading.Of(_temp[file], new() { BadRows = BadRowPolicy.Skip });
            Assert.Single(rows);
            Assert.Equal((1L, 3L), (bad.Count, bad.First.Single().Line));
        }
    }

    [Fact]
    public void The_byte_at_fault_is_counted_in_its_line()
    {
        File.WriteAllBytes(_temp["a.csv"], [.. "text,label\nok,x\nab"u8, 0xE9, .. ",y\n"u8]);
        Assert.StartsWith($"{_temp["a.csv"]}:3: byte 3 of the line (0xE9) is not UTF-8; set Encoding=", Reading.Fails(_temp["a.csv"]).Message, StringComparison.Ordinal);
        File.WriteAllBytes(_temp["b.csv"], [.. "text,label\nok,x\nab"u8, 0x81, 0x20, .. ",y\n"u8]);
        Assert.StartsWith($"{_temp["b.csv"]}:3: byte 3 of the line (0x81) is not GB18030", Reading.Fails(_temp["b.csv"], new() { Encoding = "GB18030" }).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "text,label\nplain,x\nother,y\n")]
    [InlineData(true, "text,label\nplain,x\nother,y\n")]
    [InlineData(false, "text,label\r\n今天的天气很好我们去公园了今天的天气很好我们去公园了今天的天气很好我们去公园了今天的天气很好我们去公园了今天的天气很好我们去公园了今天的天气很好我们去公园了今天的天气很好我们去公园了,x\r\nother,y")]
    public void UTF_16_without_a_mark_is_recognised_and_said(bool bigEndian, string content)
    {
        File.WriteAllBytes(_temp["a.csv"], new UnicodeEncoding(bigEndian, false).GetBytes(content));
        var (rows, _, notes) = Reading.Of(_temp["a.csv"]);
        Assert.Equal(["x", "y"], rows.Select(r => r.Label));
        Assert.Contains($"a.csv: read as UTF-16{(bigEndian ? "BE" : "LE")}, recognised by its first bytes", notes);
    }

    [Fact]
    public void Half_a_character_of_UTF_16_is_refused()
    {
        File.WriteAllBytes(_temp["a.csv"], [.. Encoding.Unicode.GetBytes("text,label\nplain,x\nbad "), 0x00, 0xD8, .. Encoding.Unicode.GetBytes(",y\n")]);
        Assert.StartsWith($"{_temp["a.csv"]}:3: byte 9 of the line", Reading.Fails(_temp["a.csv"], new() { Encoding = "UTF-16LE" }).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(65001)]
    [InlineData(1200)]
    [InlineData(1201)]
    [InlineData(12000)]
    [InlineData(12001)]
    public void A_byte_order_mark_comes_before_what_was_asked_for(int page)
    {
        File.WriteAllText(_temp["a.csv"], "text,label\n今天,x\r\nplain,y\n", Encoding.GetEncoding(page));
        Assert.Equal(["今天", "plain"], Reading.Of(_temp["a.csv"], new() { Encoding = "windows-1252" }).Rows.Select(r => r.Text));
    }

    [Theory]
    [InlineData("klingon")]
    [InlineData("utf-7")]
    [InlineData("IBM037")]
    public void An_encoding_that_text_files_do_not_have_is_refused_by_name(string name)
    {
        Assert.False(ExampleReader.IsEncoding(name));
        Assert.Contains($"there is no encoding '{name}'", Reading.Fails(_temp.Write("a.csv", "text,label\na,x\n"), new() { Encoding = name }).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ISO-8859-1")]
    [InlineData("windows-1252")]
    [InlineData("GB18030")]
    public void UTF_8_that_is_read_as_another_encoding_is_said_to_look_like_it(string encoding)
    {
        const string Text = "text,label\ncaf\u00e9 cr\u00e8me,x\n\u00fcber \u00df,y\n";
        Assert.Contains($"a.csv: its first bytes are valid UTF-8: is Encoding={encoding} right?", Reading.Of(_temp.Write("a.csv", Text), new() { Encoding = encoding, BadRows = BadRowPolicy.Skip }).Notes);
        File.WriteAllBytes(_temp["b.csv"], Encoding.Latin1.GetBytes(Text));
        Assert.DoesNotContain(Reading.Of(_temp["b.csv"], new() { Encoding = "ISO-8859-1" }).Notes, n => n.Contains("right?", StringComparison.Ordinal));
    }

    [Fact]
    public void Lines_end_with_LF_CR_LF_or_CR_wherever_the_buffer_ends()
    {
        // More than the reader's buffer of 64 KiB, with a break at each place in it.
        var lines = Enumerable.Range(0, 3000).Select(i => new string('x', 40 + (i % 7)) + i).ToArray();
        foreach (var end in new[] { "\n", "\r\n", "\r" })
        {
            File.WriteAllText(_temp["a.txt"], string.Join(end, lines));
            Assert.Equal(lines, Reading.Of(_temp["a.txt"]).Rows.Select(r => r.Text));
            File.WriteAllText(_temp["b.txt"], string.Join(end, lines) + end, Encoding.Unicode);
            Assert.Equal(lines, Reading.Of(_temp["b.txt"]).Rows.Select(r => r.Text));
        }
    }

    [Fact]
    public void Bytes_of_ISO_2022_are_not_taken_for_ASCII()
    {
        File.WriteAllBytes(_temp["a.csv"], [.. Encoding.ASCII.GetBytes("text,label\nplain,x\n"), 0x1B, .. "$B:#F|"u8, 0x1B, .. "(B,y\n"u8]);
        var error = Reading.Fails(_temp["a.csv"]);
        Assert.Equal(3, error.Line);
        Assert.Contains("the line has the shift sequences of ISO 2022; set Encoding=ISO-2022-JP if the file is that", error.Message, StringComparison.Ordinal);
        Assert.Equal(["plain", "今日"], Reading.Of(_temp["a.csv"], new() { Encoding = "ISO-2022-JP" }).Rows.Select(r => r.Text));
    }

    [Fact]
    public void A_byte_order_mark_of_a_file_that_was_appended_is_no_part_of_its_first_row()
    {
        var (rows, _, _) = Reading.Of(_temp.Write("a.csv", "\uFEFFlabel,text\nx,one\n\uFEFFx,two\n"));
        Assert.Equal(["x", "x"], rows.Select(r => r.Label));
        Assert.Equal(["Ada", "Bob"], Reading.Of(_temp.Write("a.conll", "\uFEFFAda O\n\n\uFEFFBob B-PER\n")).Rows.Select(r => r.Example.Words[0]));
    }

    [Fact]
    public void A_pipe_is_refused_because_it_can_be_read_only_once()
    {
        using var pipe = new System.IO.Pipes.AnonymousPipeServerStream(System.IO.Pipes.PipeDirection.Out);
        var path = $"/proc/self/fd/{pipe.ClientSafePipeHandle.DangerousGetHandle()}";
        Assert.SkipUnless(File.Exists(path), "there are no files for open pipes here");
        Assert.Contains("is a pipe, which can be read only once", Reading.Fails(path, new() { Format = DataFormat.Text }).Message, StringComparison.Ordinal);
    }
}
