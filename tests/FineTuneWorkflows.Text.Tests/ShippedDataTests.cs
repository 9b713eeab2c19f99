using System.Text.Json;
using FineTuneWorkflows.Text.Augmentation;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Files;

namespace FineTuneWorkflows.Text.Tests;

public class ShippedDataTests
{
    [Theory]
    [InlineData("sentiment/sentences.jsonl", "17d40760f76fa76614afb260623c8f38d11c758cb4803e8ff94c676bbbbd92e4")]
    [InlineData("bert-base-uncased/vocab.txt", "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3")]
    [InlineData("wordnet/synonyms.tsv.gz", "dca71a72bbf12ccb1b4b0419fb702732e22d1c03c6afd016eb41fb7f36d1267e")]
    [InlineData("stopwords/en.txt", "f4a804b5058c576ba41358e983997e4f27ba805b3ea9abb72b717d620b72d1e4")]
    public void Each_file_has_the_digest_that_its_README_states(string file, string digest)
    {
        var path = Path.Combine(ShippedData.Folder, file);
        Assert.Equal(digest, FileDigest.Of(path, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Contains(digest, File.ReadAllText(Path.Combine(Path.GetDirectoryName(path)!, "README.md")), StringComparison.Ordinal);
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
}
