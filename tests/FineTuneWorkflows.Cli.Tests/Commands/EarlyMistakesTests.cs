using System.Text;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Tests.Fixture;
using FineTuneWorkflows.Pipelines.Journals;
using FineTuneWorkflows.Stages;

namespace FineTuneWorkflows.Cli.Tests.Commands;

/// <summary>What can be known to go wrong after a long training is found before it.</summary>
public sealed class EarlyMistakesTests : IDisposable
{
    private const string Config = """
        {"model_type":"bert","architectures":["BertModel"],"vocab_size":6,"hidden_size":8,"num_hidden_layers":1,"num_attention_heads":2,"intermediate_size":16,"max_position_embeddings":32,
         "type_vocab_size":2,"hidden_act":"gelu","layer_norm_eps":1e-12,"hidden_dropout_prob":0.1,"attention_probs_dropout_prob":0.1,"pad_token_id":0}
        """;

    private readonly Workplace place = new();

    public EarlyMistakesTests()
    {
        place.Host = place.Host with { Catalog = () => FineTuneStages.Catalog, Services = home => new StageServices(home) };
        place.Write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nfine\n");
        place.Write("texts.csv", "text,label\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"fine {i},{i % 2}\n")));
        Define("test/accuracy >= champion");
    }

    public void Dispose() => place.Dispose();

    [Theory]
    [InlineData("best_validation/acuracy", "did you mean best_validation/accuracy?")]
    [InlineData("validation_accuracy", "measures no metric validation_accuracy")]
    [InlineData("test/accuracy", "measures no metric test/accuracy")]
    public async Task A_sweep_s_metric_that_no_trial_measures(string metric, string message)
    {
        var answer = await place.RunAsync("sweep", "real.json", "--over", "Train.Epochs=1,2", "--metric", metric);

        Assert.Equal(ExitCode.Wrong, answer.Code);
        Assert.StartsWith("error: --metric: a trial ", answer.Error, StringComparison.Ordinal);
        Assert.Contains(message, answer.Error, StringComparison.Ordinal);
        Assert.Empty(new RunHistory(place.Home).Ids());
    }

    [Theory]
    [InlineData("best_validation/accuracy")]
    [InlineData("best_validation/f1")]
    [InlineData("generalization/gap/loss")]
    public async Task A_sweep_s_metric_that_a_trial_may_measure_is_taken(string metric) =>
        Assert.Equal(ExitCode.Done, (await place.RunAsync("sweep", "real.json", "--over", "Train.Epochs=1,2", "--metric", metric, "--dry-run")).Code);

    [Theory]
    [InlineData("test/acuracy >= champion", "Evaluate measures no metric test/acuracy; did you mean test/accuracy?")]
    [InlineData("test/accuracy >= 0.5 and accuracy > champion", "Evaluate measures no metric accuracy")]
    public async Task A_gate_s_metric_that_the_evaluation_does_not_measure(string gate, string message)
    {
        Define(gate);

        var answer = await place.RunAsync("run", "real.json");

        Assert.Equal(ExitCode.Wrong, answer.Code);
        Assert.Contains($"stage Register: parameter Gate: {message}", answer.Error, StringComparison.Ordinal);
        Assert.Empty(new RunHistory(place.Home).Ids());
    }

    [Fact]
    public async Task A_gate_without_an_evaluation()
    {
        place.Write("real.json", place.Read("real.json").Replace("""{"id":"Evaluate","type":"FineTune.Evaluate"},""", "", StringComparison.Ordinal));

        var answer = await place.RunAsync("validate", "real.json");

        Assert.Equal(ExitCode.Wrong, answer.Code);
        Assert.Contains("names the metric test/accuracy, but no stage above it makes the `evaluation` that would hold it", answer.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nowhere", "there is no folder ")]
    [InlineData("empty", "config.json")]
    [InlineData("no-weights", "model.safetensors")]
    [InlineData("cut", "is not a valid safetensors file")]
    [InlineData("other-sizes", "does not fit its config.json")]
    public async Task A_broken_base(string kind, string message)
    {
        var folder = Path.Combine(place.Folder, kind);
        if (kind != "nowhere")
            Directory.CreateDirectory(folder);
        if (kind is not ("nowhere" or "empty"))
            place.Write(Path.Combine(kind, "config.json"), Config);
        if (kind is "cut" or "other-sizes")
            File.WriteAllBytes(Path.Combine(folder, "model.safetensors"), Weights(whole: kind == "other-sizes"));

        foreach (var command in (string[])["validate", "estimate", "run"])
        {
            var answer = await place.RunAsync(command, "real.json", "-p", $"Train.BaseModel={kind}");
            Assert.Equal(ExitCode.Wrong, answer.Code);
            Assert.Contains("stage Train: parameter BaseModel: ", answer.Error, StringComparison.Ordinal);
            Assert.Contains(message, answer.Error, StringComparison.Ordinal);
        }

        // Not even the first stage was executed.
        var run = new RunHistory(place.Home).Read(Assert.Single(new RunHistory(place.Home).Ids()));
        Assert.DoesNotContain(run.Stages, s => s.Outcome == Pipelines.Contract.Events.StageOutcome.Executed);
    }

    [Fact]
    public async Task Texts_that_may_be_longer_than_the_positions_are_said()
    {
        foreach (var command in (string[])["validate", "estimate"])
        {
            var answer = await place.RunAsync(command, "real.json", "-p", "Tokenize.MaxLength=1024");
            Assert.Equal((ExitCode.Done, ""), (answer.Code, answer.Error));
            Assert.Contains("note: Tokenize: MaxLength is 1024, but the model that Train starts from takes 512 tokens at most", answer.Out, StringComparison.Ordinal);
            Assert.Contains("set -p Tokenize.MaxLength=512", answer.Out, StringComparison.Ordinal);
            Assert.DoesNotContain("MaxLength is", (await place.RunAsync(command, "real.json", "-p", "Tokenize.MaxLength=512")).Out, StringComparison.Ordinal);
        }
    }

    // One tensor that no such model has.
    private static byte[] Weights(bool whole)
    {
        var header = Encoding.UTF8.GetBytes("""{"embeddings.word_embeddings.weight":{"dtype":"F32","shape":[3,8],"data_offsets":[0,96]}}""");
        byte[] file = [.. BitConverter.GetBytes((ulong)header.Length), .. header, .. new byte[96]];
        return whole ? file : file[..^10];
    }

    private void Define(string gate) => place.Write("real.json", $$$"""
        {"definitionId":"real","name":"Real","root":{"type":"Elsa.Sequence","activities":[
          {"id":"Fetch","type":"FineTune.FetchData","source":{"expression":{"type":"Literal","value":"texts.csv"} } },
          {"id":"Tokenize","type":"FineTune.Tokenize","vocabulary":{"expression":{"type":"Literal","value":"vocab.txt"}},"maxLength":{"expression":{"type":"Literal","value":16} }},
          {"id":"Train","type":"FineTune.FineTune","baseModel":{"expression":{"type":"Literal","value":"tiny" }},"device":{"expression":{"type":"Literal","value":"cpu"} } },
          {"id":"Evaluate","type":"FineTune.Evaluate"},
          {"id":"Register","type":"FineTune.RegisterModel","modelName":{"expression":{"type":"Literal","value":"real"}},"gate":{"expression":{"type":"Literal","value":"{{{gate}}}"} } }
        ]}}
        """);
}
