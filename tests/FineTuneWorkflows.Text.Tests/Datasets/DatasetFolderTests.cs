using CsCheck;
using FineTuneWorkflows.Text.Datasets;

namespace FineTuneWorkflows.Text.Tests.Datasets;

public sealed class DatasetFolderTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Any_text_comes_back_as_it_went_in() =>
        Gen.OneOf(Gen.String,
            Gen.OneOfConst("\u2028", "line\r\nbreak", "\"quoted\"", "🙂", "\u0000x", "<b>&amp;</b>", new string('é', 700_000))).Array[1, 5]
            .Sample(texts =>
        {
            // Text that files can hold: no lone surrogates, not only white space.
            var examples = texts.Select(t => new TextExample("." + string.Concat(t.EnumerateRunes()), "x")).ToArray();
            using var writer = new DatasetFolderWriter(_temp["d"]);
            foreach (var example in examples) writer.Add(SplitName.Train, example);
            Assert.Equal(examples, writer.Complete().Read(SplitName.Train, TestContext.Current.CancellationToken));
        }, iter: 200, threads: 1);

    [Fact]
    public void A_folder_that_was_not_completed_does_not_open()
    {
        using (var writer = new DatasetFolderWriter(_temp["d"])) writer.Add(SplitName.Train, new TextExample("a", "x"));
        Assert.Contains("dataset.json: the file does not exist", Assert.ThrowsAny<TextDataException>(() => DatasetFolder.Open(_temp["d"])).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 0, "dataset.json says 2 examples, the file has 0")]
    [InlineData("{\"text\":\"a\",\"label\":\"x\"}\n", 0, "says 2 examples, the file has 1")]
    [InlineData("{\"text\":\"a\",\"label\":\"x\"}\n{\"text\":\"b\",\"label\":\"x\"}\n", 0, "says 1 examples of 'x', the file has 2")]
    [InlineData("{\"text\":\"a\",\"label\":\"x\"}\n{\"text\":\"b\",\"la", 2, "not valid JSON")]
    [InlineData("{\"text\":\"a\",\"label\":\"x\"}\n{\"text\":\"b\",\"label\":\"w\"}\n", 2, "the label 'w' is not one of x, y")]
    [InlineData("{\"text\":\"a\",\"label\":\"x\"}\n{\"text\":\"b\"}\n", 2, "no text or no label")]
    [InlineData("{\"text\":\"a\",\"label\":\"x\"} {}\n{\"text\":\"b\"}\n", 1, "not valid JSON")]
    public void A_damaged_file_is_noticed_while_it_is_read(string content, int line, string problem)
    {
        var dataset = Small();
        File.WriteAllText(dataset.FileOf(SplitName.Train), content);
        var error = Assert.ThrowsAny<TextDataException>(() => dataset.Read(SplitName.Train, TestContext.Current.CancellationToken).Count());
        Assert.Equal((dataset.FileOf(SplitName.Train), line == 0 ? null : (long?)line), (error.File, error.Line));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"format\":1,\"labels\":null,\"splits\":{}}")]
    [InlineData("{\"format\":1,\"labels\":[\"x\",\"y\"],\"splits\":{}}")]
    [InlineData("{\"format\":1,\"labels\":[\"y\",\"x\"],\"splits\":{}}")]
    [InlineData("{\"format\":2,\"labels\":[\"x\"],\"splits\":{}}")]
    public void A_damaged_description_is_an_error_that_names_it(string content)
    {
        Small();
        var path = _temp.Write("d/dataset.json", content);
        Assert.Equal(path, Assert.ThrowsAny<TextDataException>(() => DatasetFolder.Open(_temp["d"])).File);
    }

    [Fact]
    public void A_missing_split_file_is_an_error_that_names_it()
    {
        var dataset = Small();
        File.Delete(dataset.FileOf(SplitName.Test));
        Assert.Equal(dataset.FileOf(SplitName.Test), Assert.ThrowsAny<TextDataException>(() => DatasetFolder.Open(_temp["d"])).File);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_an_error_that_names_it()
    {
        _temp.Write("d", "a file where a folder should be");
        Assert.Equal(_temp["d"], Assert.ThrowsAny<TextDataException>(() => new DatasetFolderWriter(_temp["d"])).File);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100_000)]
    public void A_full_disk_is_an_error_that_names_the_folder(int rows)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs /dev/full, a file on a full disk, which only Linux has.");
        Directory.CreateDirectory(_temp["d"]);
        File.CreateSymbolicLink(_temp["d/train.jsonl"], "/dev/full");
        var error = Assert.ThrowsAny<TextDataException>(() =>
        {
            using var writer = new DatasetFolderWriter(_temp["d"]);
            for (var i = 0; i < rows; i++) writer.Add(SplitName.Train, new TextExample("some text", "x"));
            writer.Complete();
        });
        Assert.Equal(_temp["d"], error.File);
        Assert.Contains("No space left on device", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_are_sorted_ordinally()
    {
        using var writer = new DatasetFolderWriter(_temp["d"]);
        foreach (var label in new[] { "ä", "b", "B", "a" }) writer.Add(SplitName.Train, new TextExample("t", label));
        var dataset = writer.Complete();
        Assert.Equal(["B", "a", "b", "ä"], dataset.Labels);
        Assert.Equal([0, 3, -1], [dataset.ClassOf("B"), dataset.ClassOf("ä"), dataset.ClassOf("c")]);
    }

    private DatasetFolder Small()
    {
        using var writer = new DatasetFolderWriter(_temp["d"]);
        writer.Add(SplitName.Train, new TextExample("a", "x"));
        writer.Add(SplitName.Train, new TextExample("b", "y"));
        return writer.Complete();
    }
}
