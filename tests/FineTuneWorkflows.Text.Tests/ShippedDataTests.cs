using System.Globalization;
using System.Text.Json;
using FineTuneWorkflows.Text.Augmentation;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Datasets.Reading;
using FineTuneWorkflows.Text.Files;

namespace FineTuneWorkflows.Text.Tests;

public class ShippedDataTests
{
    // What is made or copied as it is; configuration beside it is written by hand.
    private static readonly string[] Data = [".jsonl", ".gz", ".txt", ".safetensors", "vocab.json", "merges.txt"];

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(ShippedData.Folder, "*", SearchOption.AllDirectories)
        .Where(file => Data.Any(end => file.EndsWith(end, StringComparison.Ordinal)))
        .Select(file => Path.GetRelativePath(ShippedData.Folder, file).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Each_file_has_the_length_and_the_digest_that_its_README_states(string file)
    {
        var path = Path.Combine(ShippedData.Folder, file);
        var digest = FileDigest.Of(path, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Contains($"{new FileInfo(path).Length.ToString("#,0", CultureInfo.InvariantCulture)}", Readme(file), StringComparison.Ordinal);
        Assert.Contains($"`{digest}`", Readme(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_folder_is_in_the_list_and_names_its_licence()
    {
        var list = File.ReadAllText(Path.Combine(ShippedData.Folder, "README.md"));
        Assert.All(Directory.GetDirectories(ShippedData.Folder), folder =>
        {
            Assert.Contains($"]({Path.GetFileName(folder)}/README.md)", list, StringComparison.Ordinal);
            Assert.All(Directory.GetFiles(folder, "README.md", SearchOption.AllDirectories), readme =>
                Assert.Contains(Path.GetFileName(folder) == "models" && Path.GetDirectoryName(readme) == folder ? "README.md" : "licence", File.ReadAllText(readme), StringComparison.Ordinal));
        });
    }

    [Fact]
    public void There_are_500_sentences_of_each_label_and_source()
    {
        var groups = File.ReadLines(ShippedData.Sentences)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .CountBy(row => (row.GetProperty("source").GetString(), row.GetProperty("label").GetString()))
            .ToDictionary();
        Assert.Equal(6, groups.Count);
        Assert.All(groups.Values, count => Assert.Equal(500, count));
    }

    [Fact]
    public void There_are_2979_different_sentences() =>
        Assert.Equal(2979,
            File.ReadLines(ShippedData.Sentences)
            .Select(line => TextIdentity.Of(JsonDocument.Parse(line).RootElement.GetProperty("text").GetString())).Distinct().Count());

    [Fact]
    public void The_lexicon_and_the_stop_words_load()
    {
        Assert.Equal(36_654, SynonymLexicon.Load(ShippedData.Synonyms).Count);
        Assert.Equal(1298, StopWords.Load(ShippedData.StopWords).Count);
    }

    [Fact]
    public void There_are_as_many_definitions_of_each_topic_as_its_README_states()
    {
        var counts = Rows("topics/glosses.jsonl.gz").CountBy(row => row.Label).OrderByDescending(c => c.Value).ToList();
        Assert.Contains($"| rows | {Number(counts.Sum(c => c.Value))}: {string.Join(", ", counts.Select(c => $"{c.Key} {Number(c.Value)}"))} |", Readme("topics/README.md"), StringComparison.Ordinal);
    }

    [Fact]
    public void There_are_as_many_questions_and_entities_as_their_README_states()
    {
        var (train, test) = (Rows("entities/train.jsonl").ToList(), Rows("entities/test.jsonl").ToList());
        var counts = train.Concat(test).SelectMany(row => row.Tags).Where(tag => tag.StartsWith("B-", StringComparison.Ordinal)).CountBy(tag => tag[2..]).OrderByDescending(c => c.Value).ToList();
        Assert.Equal((100, 106), (train.Count, test.Count));
        Assert.Equal(500, counts.Sum(c => c.Value));
        Assert.Contains($"| entities | {string.Join(", ", counts.Select(c => $"{c.Key} {c.Value}"))} |", Readme("entities/README.md"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("definitions.txt.gz")]
    [InlineData("speeches.txt.gz")]
    [InlineData("moby-dick.txt.gz")]
    [InlineData("mail.txt.gz")]
    public void There_are_as_many_lines_and_words_of_plain_text_as_their_README_states(string file)
    {
        var texts = Rows("texts/" + file).Select(row => row.Text).ToList();
        var words = texts.Sum(text => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains($"| {Number(texts.Count)} | {Number(words)} |", Readme("texts/README.md").Split('\n').Single(line => line.Contains($"| `{file}`", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_answer_is_asked_for_in_four_ways_to_learn_from_and_in_a_fifth_to_test_with()
    {
        var (train, test) = (Answers("train"), Answers("test"));
        Assert.Equal(40, test.Count);
        Assert.All(train.Values, questions => Assert.Equal(4, questions.Count));
        Assert.All(test, answer => Assert.DoesNotContain(Assert.Single(answer.Value), train[answer.Key], StringComparer.OrdinalIgnoreCase));

        static Dictionary<string, List<string>> Answers(string split) => Rows($"conversations/{split}.jsonl")
            .GroupBy(row => row.Messages[1].Content!, row => row.Messages[0].Content!).ToDictionary(g => g.Key, g => g.ToList());
    }

    private static IEnumerable<TextExample> Rows(string file) => ExampleReader.Read(Path.Combine(ShippedData.Folder, file), new(), new()).Select(row => row.Example);

    private static string Number(int count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>The README beside a file, or else in the folder above.</summary>
    private static string Readme(string file)
    {
        var folder = Path.GetDirectoryName(Path.Combine(ShippedData.Folder, file))!;
        return File.ReadAllText(new[] { folder, Path.GetDirectoryName(folder)! }.Select(f => Path.Combine(f, "README.md")).First(File.Exists));
    }
}
