using FineTuneWorkflows.Text.Augmentation;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Datasets.Splitting;

namespace FineTuneWorkflows.Text.Tests.Augmentation;

public sealed class DatasetAugmenterTests : IDisposable
{
    private static readonly EasyDataAugmenter Augmenter =
        new(SynonymLexicon.Load(ShippedData.Synonyms), StopWords.Load(ShippedData.StopWords), new AugmentationOptions { Copies = 2 });
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Only_training_changes_labels_stay_nothing_leaks_and_the_report_adds_up()
    {
        var request = new SplitRequest { Files = [ShippedData.Sentences] };
        var source = DatasetSplitter.Split(request, _temp["source"], cancellationToken: TestContext.Current.CancellationToken);
        var result = DatasetAugmenter.Augment(source, Augmenter, _temp["out"], cancellationToken: TestContext.Current.CancellationToken);

        foreach (var split in new[] { SplitName.Validation, SplitName.Test })
            Assert.Equal(File.ReadAllBytes(source.FileOf(split)), File.ReadAllBytes(result.FileOf(split)));
        var report = result.Info.Augmentation!;
        Assert.Equal(source.Count(SplitName.Train), report.Originals);
        Assert.Equal(report.Originals * 2, report.Added + report.Unchanged + report.AlreadyThere);
        Assert.Equal(report.Added, report.ByOperation.Values.Sum());
        Assert.Equal(["synonymReplacement", "randomInsertion", "randomSwap", "randomDeletion"], report.ByOperation.Keys);
        Assert.All(report.ByOperation.Values, count => Assert.InRange(count, 500, 2000));
        Assert.Equal(report.Originals + report.Added, result.Count(SplitName.Train));
        Assert.Equal(source.Info.Sources, result.Info.Sources);

        var all = SplitNames.All.SelectMany(s => result.Read(s, TestContext.Current.CancellationToken)).Select(e => TextIdentity.Of(e.Text)).ToList();
        Assert.Equal(all.Count, all.Distinct().Count());

        // Each copy stands after its original and has its label.
        var originals = source.Read(SplitName.Train, TestContext.Current.CancellationToken).ToHashSet();
        TextExample? original = null;
        foreach (var example in result.Read(SplitName.Train, TestContext.Current.CancellationToken))
        {
            if (originals.Contains(example)) original = example;
            else Assert.Equal(original!.Label, example.Label);
        }
    }

    [Fact]
    public void The_same_seed_gives_equal_bytes_and_a_text_gets_the_same_copies_wherever_it_stands()
    {
        var examples = Enumerable.Range(0, 50)
            .Select(i => new TextExample($"The food at place number {i} was truly great, and so was the movie.", i % 2 == 0 ? "x" : "y")).ToArray();
        var first = Lines(examples, "a");
        Assert.Equal(first, Lines(examples, "b"));
        Assert.Equal(first.Order(StringComparer.Ordinal), Lines([.. examples.Reverse()], "c").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_copy_that_stands_in_the_test_split_is_left_out()
    {
        const string text = "good movie";
        var copy = Augmenter.Augment(text, 0, out _)!;
        using var writer = new DatasetFolderWriter(_temp["source"]);
        writer.Add(SplitName.Train, new TextExample(text, "x"));
        writer.Add(SplitName.Test, new TextExample(copy.ToUpperInvariant(), "x"));
        var result = DatasetAugmenter.Augment(writer.Complete(), Augmenter, _temp["out"], cancellationToken: TestContext.Current.CancellationToken);
        Assert.DoesNotContain(copy, result.Read(SplitName.Train, TestContext.Current.CancellationToken).Select(e => e.Text));
        Assert.InRange(result.Info.Augmentation!.AlreadyThere, 1, 2);
    }

    [Fact]
    public void A_dataset_is_not_augmented_into_its_own_folder()
    {
        var request = new SplitRequest { Files = [ShippedData.Sentences] };
        var source = DatasetSplitter.Split(request, _temp["source"], cancellationToken: TestContext.Current.CancellationToken);
        Assert.Throws<ArgumentException>(
            () => DatasetAugmenter.Augment(source, Augmenter, _temp["source/../source"], cancellationToken: TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("good\tfine\ngood\tbetter\n", 2, "stands there twice")]
    [InlineData("good\n", 1, "is not 'word TAB synonym")]
    [InlineData("good\tn:\n", 1, "is not 'word TAB synonym")]
    public void A_lexicon_with_a_wrong_line_names_it(string content, int line, string problem)
    {
        var path = _temp.Write("lexicon.tsv", content);
        var error = Assert.Throws<TextDataException>(() => SynonymLexicon.Load(path));
        Assert.Equal((path, (long?)line), (error.File, error.Line));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Word_lists_that_are_missing_empty_or_damaged_are_errors_that_name_them()
    {
        foreach (var path in new[] { _temp["none.txt"], _temp.Write("empty.txt", "\n# nothing\n"), _temp.Write("damaged.gz", "no gzip") })
        {
            Assert.Equal(path, Assert.Throws<TextDataException>(() => StopWords.Load(path)).File);
            Assert.Equal(path, Assert.Throws<TextDataException>(() => SynonymLexicon.Load(path)).File);
        }
    }

    [Fact]
    public void A_kind_that_words_cannot_be_changed_in_is_refused_by_name()
    {
        using (var writer = new DatasetFolderWriter(_temp["tagged"], DataKind.TokenClassification))
        {
            writer.Add(SplitName.Train, TextExample.OfWords(["a"], ["O"]));
            writer.Complete();
        }
        var augmenter = new EasyDataAugmenter(SynonymLexicon.Load(ShippedData.Synonyms), StopWords.Of([]), new AugmentationOptions());
        var error = Assert.Throws<TextDataException>(() => DatasetAugmenter.Augment(DatasetFolder.Open(_temp["tagged"]), augmenter, _temp["out"]));
        Assert.Contains("TokenClassification cannot be augmented", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Copies_of_a_text_with_many_labels_keep_them()
    {
        using (var writer = new DatasetFolderWriter(_temp["many"], DataKind.MultiLabelClassification))
        {
            writer.Add(SplitName.Train, TextExample.OfLabels("The food was truly great and so was the long movie.", ["food", "film"]));
            writer.Complete();
        }
        var augmenter = new EasyDataAugmenter(SynonymLexicon.Load(ShippedData.Synonyms), StopWords.Of([]), new AugmentationOptions { Copies = 3 });
        var dataset = DatasetAugmenter.Augment(DatasetFolder.Open(_temp["many"]), augmenter, _temp["out"], cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(dataset.Count(SplitName.Train) > 1);
        Assert.All(dataset.Read(SplitName.Train, TestContext.Current.CancellationToken), e => Assert.Equal(["film", "food"], e.Labels));
    }

    private string[] Lines(TextExample[] examples, string name)
    {
        using var writer = new DatasetFolderWriter(_temp["source"]);
        foreach (var example in examples) writer.Add(SplitName.Train, example);
        return File.ReadAllLines(
            DatasetAugmenter.Augment(writer.Complete(), Augmenter, _temp[name], cancellationToken: TestContext.Current.CancellationToken)
            .FileOf(SplitName.Train));
    }
}
