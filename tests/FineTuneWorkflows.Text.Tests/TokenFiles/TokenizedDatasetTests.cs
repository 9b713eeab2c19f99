using System.Buffers.Binary;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.TokenFiles;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Text.Tests.TokenFiles;

public sealed class TokenizedDatasetTests : IDisposable
{
    private static readonly WordPieceTokenizer Tokenizer = WordPieceTokenizer.Load(ShippedData.Bert);
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Defaults_are_the_documented_ones() =>
        Assert.Equal((128, Environment.ProcessorCount), (new TokenizeOptions().MaxLength, new TokenizeOptions().Threads));

    [Fact]
    public void The_number_of_threads_has_no_influence_on_a_single_byte()
    {
        // Several blocks, one line longer than a block, and lines of every length.
        var rows = Enumerable.Range(0, 6000).Select(i => new TextExample($"row {i} " + new string('a', i % 300), i % 3 == 0 ? "x" : "y"));
        var dataset = Dataset(rows.Append(new TextExample(new string('é', 400_000) + " end", "x")));
        var one = Write(dataset, "one", 64, 1);
        var four = Write(dataset, "four", 64, 4);
        foreach (var file in Directory.EnumerateFiles(one.Folder).Select(Path.GetFileName))
            Assert.Equal(File.ReadAllBytes(Path.Combine(one.Folder, file!)), File.ReadAllBytes(Path.Combine(four.Folder, file!)));
        using var split = four.Split(SplitName.Train);
        Assert.Equal(Tokenizer.Encode("row 5999 " + new string('a', 5999 % 300), 64).Ids, split.TokensOf(5999));
        Assert.Equal([101, 100, 2203, 102], split.TokensOf(6000));
    }

    [Fact]
    public void Truncation_and_lengths_are_counted()
    {
        var tokens = Write(Dataset([new("one two three four five", "x"), new("one", "y"), new("🙂", "x"), new("one two three", "y")]), "t", 5);
        var train = tokens.Info.Splits["train"];
        Assert.Equal((4L, 5L + 3 + 3 + 5, 1L, 1L, 2L), (train.Count, train.Tokens, train.UnknownTokens, train.TruncatedTexts, train.TruncatedTokens));
        Assert.Equal((3, 7, 4.5, 3, 7), (train.Lengths.Shortest, train.Lengths.Longest, train.Lengths.Mean, train.Lengths.P50, train.Lengths.P90));
        Assert.Equal([new(4, 2), new(6, 1), new(8, 1)], train.Lengths.Histogram);
        Assert.Equal(("x", 2L), (train.Classes.First().Key, train.Classes["x"]));
        Assert.Equal(new SpecialTokenIds { Padding = 0, Unknown = 100, Classification = 101, Separator = 102, Mask = 103 }, tokens.Info.SpecialTokens);
        using var split = tokens.Split(SplitName.Train);
        Assert.Equal([5, 3, 3, 5], Enumerable.Range(0, split.Count).Select(split.Length));
        Assert.Equal([0, 1, 0, 1], Enumerable.Range(0, split.Count).Select(split.Label));
    }

    [Fact]
    public void Nothing_but_the_artifact_stays_in_the_folder_and_it_names_no_folder()
    {
        var tokens = Write(Dataset([new("one", "x"), new("two", "y")]), "t", 16);
        Assert.Equal(["test.tokens", "tokenizer_config.json", "tokens.json", "train.tokens", "validation.tokens", "vocab.txt"],
            Directory.EnumerateFileSystemEntries(tokens.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(_temp.Path, File.ReadAllText(Path.Combine(tokens.Folder, "tokens.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void Large_vocabularies_take_four_bytes_per_token()
    {
        string[] entries = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Enumerable.Range(0, 70_000).Select(i => $"w{i}"), "last"];
        var tokenizer = WordPieceTokenizer.Load(_temp.Write("vocab.txt", string.Join('\n', entries) + "\n"));
        var dataset = Dataset([new("last w65536", "x"), new("w1", "y")]);
        var tokens = TokenizedDataset.Write(
            dataset, tokenizer, new TokenizeOptions(), _temp["t"], cancellationToken: TestContext.Current.CancellationToken);
        using var split = tokens.Split(SplitName.Train);
        Assert.Equal([2, 70_005, 65_541, 3], split.TokensOf(0));
    }

    [Fact]
    public void An_empty_split_can_be_written_and_read()
    {
        using var split = Write(Dataset([new("one", "x"), new("two", "y")]), "t", 16).Split(SplitName.Test);
        Assert.Equal((0, 0L), (split.Count, split.Tokens));
        Assert.Throws<ArgumentOutOfRangeException>(() => split.Length(0));
    }

    [Fact]
    public void Rows_out_of_range_short_destinations_and_use_after_disposal_are_refused()
    {
        var split = Write(Dataset([new("one", "x"), new("two", "y")]), "t", 16).Split(SplitName.Train);
        Assert.Throws<ArgumentOutOfRangeException>(() => split.Label(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => split.TokensOf(-1));
        Assert.Throws<ArgumentException>(() => split.CopyTokens(0, new int[2]));
        split.Dispose();
        split.Dispose();
        Assert.Throws<ObjectDisposedException>(() => split.Label(0));
        Assert.Throws<ObjectDisposedException>(() => split.TokensOf(0));
    }

    [Fact]
    public void A_file_cut_short_anywhere_is_an_error_that_names_it()
    {
        var tokens = Write(Dataset([new("one two", "x"), new("three", "y")]), "t", 16);
        var path = Path.Combine(tokens.Folder, "train.tokens");
        var whole = File.ReadAllBytes(path);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            var error = Assert.Throws<TextDataException>(() => tokens.Split(SplitName.Train));
            Assert.Equal(path, error.File);
            Assert.Contains("damaged", error.Message, StringComparison.Ordinal);
        }
        File.WriteAllBytes(path, [.. whole, 0]);
        Assert.Throws<TextDataException>(() => tokens.Split(SplitName.Train));
    }

    [Fact]
    public void Any_flipped_byte_of_header_labels_or_offsets_is_noticed_or_harmless()
    {
        var tokens = Write(Dataset([new("one two", "x"), new("three", "y")]), "t", 16);
        var path = Path.Combine(tokens.Folder, "train.tokens");
        var whole = File.ReadAllBytes(path);
        var noticed = 0;
        for (var i = 0; i < whole.Length; i++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[i] ^= 0xFF;
            File.WriteAllBytes(path, damaged);
            try
            {
                using var split = tokens.Split(SplitName.Train);
                split.Verify(TestContext.Current.CancellationToken);
                for (var row = 0; row < split.Count; row++) Assert.InRange(split.TokensOf(row).Length, 0, (int)split.Tokens);
            }
            catch (TextDataException e)
            {
                Assert.Equal(path, e.File);
                noticed++;
            }
        }
        // The header's 64 bytes, three offsets and two labels at least; ids may change into other valid ones.
        Assert.InRange(noticed, 64 + 24 + 8, whole.Length);
    }

    [Fact]
    public void A_token_file_of_another_dataset_is_an_error()
    {
        var first = Write(Dataset([new("one two", "x"), new("three", "y")]), "a", 16);
        var second = Write(Dataset([new("one two three", "x"), new("three", "y")]), "b", 16);
        File.Copy(Path.Combine(second.Folder, "train.tokens"), Path.Combine(first.Folder, "train.tokens"), overwrite: true);
        Assert.Contains("does not fit tokens.json", Assert.Throws<TextDataException>(() => first.Split(SplitName.Train)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Another_version_or_another_file_type_says_so()
    {
        var tokens = Write(Dataset([new("one", "x"), new("two", "y")]), "t", 16);
        var path = Path.Combine(tokens.Folder, "train.tokens");
        var bytes = File.ReadAllBytes(path);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), 1);
        File.WriteAllBytes(path, bytes);
        Assert.Contains("version 1, this library reads version 2", Assert.Throws<TextDataException>(() => tokens.Split(SplitName.Train)).Message,
            StringComparison.Ordinal);
        File.WriteAllText(path, new string('x', 100));
        Assert.Contains("no token file", Assert.Throws<TextDataException>(() => tokens.Split(SplitName.Train)).Message, StringComparison.Ordinal);
        File.Delete(path);
        Assert.Contains("does not exist", Assert.Throws<TextDataException>(() => tokens.Split(SplitName.Train)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_vocabulary_in_the_folder_is_noticed()
    {
        var tokens = Write(Dataset([new("one", "x"), new("two", "y")]), "t", 16);
        File.AppendAllText(Path.Combine(tokens.Folder, "vocab.txt"), "no such entry\n");
        Assert.Contains("not the one the tokens were made with", Assert.Throws<TextDataException>(tokens.LoadTokenizer).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_dataset_is_not_tokenized_and_leaves_nothing_that_opens()
    {
        var dataset = Dataset([new("one", "x"), new("two", "y")]);
        File.AppendAllText(dataset.FileOf(SplitName.Train), "{\"text\":\"three\",\"label\":\"z\"}\n");
        var error = Assert.Throws<TextDataException>(() => Write(dataset, "t", 16, 2));
        Assert.Equal((dataset.FileOf(SplitName.Train), 3L), (error.File, error.Line));
        Assert.Throws<TextDataException>(() => TokenizedDataset.Open(_temp["t"]));
    }

    [Theory]
    [InlineData("train.tokens", 2)]
    [InlineData("train.tokens", 100_000)]
    [InlineData("tokenizer_config.json", 2)]
    public void A_full_disk_is_an_error_that_names_the_folder(string file, int rows)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs /dev/full, a file on a full disk, which only Linux has.");
        Directory.CreateDirectory(_temp["t"]);
        File.CreateSymbolicLink(_temp["t/" + file], "/dev/full");
        var dataset = Dataset(Enumerable.Range(0, rows).Select(i => new TextExample($"some text {i}", i % 2 == 0 ? "x" : "y")));
        var error = Assert.Throws<TextDataException>(() => Write(dataset, "t", 16));
        Assert.Equal(_temp["t"], error.File);
        Assert.Contains("No space left on device", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancellation_stops_it_and_progress_ends_at_the_total()
    {
        var dataset = Dataset(Enumerable.Range(0, 20_000).Select(i => new TextExample($"row number {i} of a few", i % 2 == 0 ? "x" : "y")));
        var reports = new Collected();
        TokenizedDataset.Write(dataset, Tokenizer, new TokenizeOptions(), _temp["t"], reports, TestContext.Current.CancellationToken);
        Assert.Equal(new TextProgress("tokenizing train", 20_000, 20_000, "rows"), reports.Last(r => r.Phase == "tokenizing train"));

        using var cancel = new CancellationTokenSource();
        var stopping = new Collected { OnReport = cancel.Cancel };
        Assert.Throws<OperationCanceledException>(
            () => TokenizedDataset.Write(dataset, Tokenizer, new TokenizeOptions(), _temp["t"], stopping, cancel.Token));
        Assert.Throws<TextDataException>(() => TokenizedDataset.Open(_temp["t"]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(513)]
    public void A_maximum_length_that_the_model_cannot_have_is_refused(int length) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Write(Dataset([new("one", "x"), new("two", "y")]), "t", length));

    private TokenizedDataset Write(DatasetFolder dataset, string name, int maxLength, int threads = 2) =>
        TokenizedDataset.Write(
            dataset, Tokenizer, new TokenizeOptions { MaxLength = maxLength, Threads = threads }, _temp[name],
            cancellationToken: TestContext.Current.CancellationToken);

    private DatasetFolder Dataset(IEnumerable<TextExample> train)
    {
        using var writer = new DatasetFolderWriter(_temp["dataset"]);
        foreach (var example in train) writer.Add(SplitName.Train, example);
        return writer.Complete();
    }

    private sealed class Collected : List<TextProgress>, IProgress<TextProgress>
    {
        public Action OnReport { get; init; } = () => { };

        public void Report(TextProgress value)
        {
            Add(value);
            OnReport();
        }
    }
}
