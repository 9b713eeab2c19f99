using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Tests.Fixture;
using FineTuneWorkflows.Stages;

namespace FineTuneWorkflows.Cli.Tests.Commands;

public sealed class EstimateTests : IDisposable
{
    private readonly Workplace place = new();

    public EstimateTests()
    {
        place.Write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nfine\n");
        place.Write("texts.csv", "text,label\nfine,a\n");
    }

    public void Dispose() => place.Dispose();

    [Fact]
    public async Task The_parts_of_a_training_are_listed_beside_what_the_machine_has()
    {
        Real("tiny", 4);

        var answer = await place.RunAsync("estimate", "real.json");

        Assert.Equal((ExitCode.Done, ""), (answer.Code, answer.Error));
        // Embeddings (6 + 512 + 2) x 128, their norm, two layers of 12 x 128² + 13 x 128, the pooler and two classes.
        Assert.Contains("Train (FineTune.FineTune) on cpu: 480,130 parameters, 480,130 of them trained", answer.Out, StringComparison.Ordinal);
        Assert.Contains("  64 tokens at once, padding included, in texts of 16 tokens at most", answer.Out, StringComparison.Ordinal);
        Assert.Matches(@"weights +1\.9 MB +1\.9 MB\n +gradients +1\.9 MB +1\.9 MB\n +moments +3\.8 MB +3\.8 MB\n +activations .*\n +temporaries .*\n +together at most .*\n +the machine has +[0-9.]+ GB\n", answer.Out);
        Assert.Contains("with checkpointing", answer.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("warning", answer.Out, StringComparison.Ordinal);
        Assert.False(place.Has("home"));
    }

    [Fact]
    public async Task What_does_not_fit_is_warned_of_and_not_refused()
    {
        Real("large", 65536);

        var answer = await place.RunAsync("estimate", "real.json");

        Assert.Equal(ExitCode.Done, answer.Code);
        Assert.Contains("warning: it does not fit into cpu's memory; set a smaller MicroBatchSize", answer.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipeline_without_a_training_has_nothing_to_estimate()
    {
        var answer = await place.RunAsync("estimate", "six.json");

        Assert.Equal(ExitCode.Done, answer.Code);
        Assert.EndsWith("six.json: no stage trains a model\n", answer.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(80)]
    [InlineData(60)]
    public async Task The_table_fits_a_narrow_terminal(int width)
    {
        Real("large", 65536);

        var answer = await place.RunAtAsync(width, "estimate", "real.json");

        Assert.All(answer.Out.Split('\n'), line => Assert.InRange(line.Length, 0, width));
    }

    private void Real(string model, int batch)
    {
        place.Host = place.Host with { Catalog = () => FineTuneStages.Catalog };
        place.Write("real.json", $$$$"""
            {"definitionId":"real","name":"Real","root":{"type":"Elsa.Sequence","activities":[
              {"id":"Fetch","type":"FineTune.FetchData","source":{"expression":{"type":"Literal","value":"texts.csv"}}},
              {"id":"Tokenize","type":"FineTune.Tokenize","vocabulary":{"expression":{"type":"Literal","value":"vocab.txt"}},"maxLength":{"expression":{"type":"Literal","value":16} }},
              {"id":"Train","type":"FineTune.FineTune","baseModel":{"expression":{"type":"Literal","value":"{{{{model}}}}" }},"batchSize":{"expression":{"type":"Literal","value":{{{{batch}}}} }},"device":{"expression":{"type":"Literal","value":"cpu"}}}
            ]}}
            """);
    }
}
