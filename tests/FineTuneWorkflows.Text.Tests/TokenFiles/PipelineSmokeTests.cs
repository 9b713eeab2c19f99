using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Datasets.Splitting;
using FineTuneWorkflows.Text.TokenFiles;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Text.Tests.TokenFiles;

public class PipelineSmokeTests
{
    [Fact]
    public void The_shipped_sentences_go_from_source_file_to_token_files()
    {
        using var temp = new TempFolder();
        var cancellation = TestContext.Current.CancellationToken;
        var dataset = DatasetSplitter.Split(new SplitRequest { Files = [ShippedData.Sentences] }, temp["dataset"], cancellationToken: cancellation);
        Assert.Equal(["negative", "positive"], dataset.Labels);
        Assert.Equal(2979, SplitNames.All.Sum(dataset.Count));
        Assert.Equal(21, dataset.Info.DuplicatesWithinSplits);

        var tokenizer = WordPieceTokenizer.Load(ShippedData.Bert);
        var options = new TokenizeOptions { MaxLength = 64 };
        var tokens = TokenizedDataset.Write(dataset, tokenizer, options, temp["tokens"], cancellationToken: cancellation);
        foreach (var name in SplitNames.All)
        {
            using var split = tokens.Split(name);
            Assert.Equal(dataset.Count(name), split.Count);
            var row = 0;
            foreach (var example in dataset.Read(name, TestContext.Current.CancellationToken))
            {
                Assert.Equal(tokenizer.Encode(example.Text, 64).Ids, split.TokensOf(row));
                Assert.Equal(dataset.ClassOf(example.Label), split.Label(row));
                row++;
            }
            split.Verify(TestContext.Current.CancellationToken);
        }
        Assert.Equal(tokenizer.VocabularySha256, tokens.LoadTokenizer().VocabularySha256);
    }
}
