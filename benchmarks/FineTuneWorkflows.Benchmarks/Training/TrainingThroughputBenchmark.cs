using System.Diagnostics;
using FineTuneWorkflows.Benchmarks.Harness;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Training;
using TorchSharp;

namespace FineTuneWorkflows.Benchmarks.Training;

/// <summary>
/// Useful tokens per second, padding not counted, on the shipped sentiment sentences at their real lengths: an epoch by our trainer beside an epoch of the loop that a textbook shows, which pads every text to the maximum (128)
/// and uses TorchSharp's own modules and AdamW. With the preset `tiny` and BERT's vocabulary, and with the shipped base and its own. Each measurement has a process of its own, in turn; the best of each counts.
/// </summary>
internal sealed class TrainingThroughputBenchmark : IBenchmark, IFreshProcess
{
    private const int BatchSize = 32;
    private const int Repetitions = 3;
    private const string Preset = "tiny";
    private const string Base = "base";

    public string Name => "training-throughput";

    public async Task<IReadOnlyList<BenchmarkResult>> RunAsync(Action<string> log)
    {
        var results = new List<BenchmarkResult>();
        foreach (var (name, start) in ((string, string)[])[(Name, Preset), ($"{Name}-base", Base)])
        {
            List<double> ours = [], rivals = [];
            for (var i = 0; i < Repetitions; i++)
            {
                rivals.Add((await this.InFreshProcessAsync("rival", start))["speed"]);
                ours.Add((await this.InFreshProcessAsync("ours", start))["speed"]);
            }

            log($"{name}, ours, tokens/s:  {ours.Spread()}");
            log($"{name}, rival, tokens/s: {rivals.Spread()}");
            results.Add(BenchmarkResult.Against(name, ours.Max(), "tokens/s", "a plain TorchSharp loop", rivals.Max(), "at least 3 times the rival's", 3, double.PositiveInfinity));
        }

        return results;
    }

    public Task<Dictionary<string, double>> MeasureAsync(string[] arguments)
    {
        TorchRuntime.EnsureLoaded();
        var shipped = arguments[1] == Base;
        var data = Sentences.Read(shipped ? Path.Combine(Repository.BaseModel, "vocab.txt") : Repository.Vocabulary);
        return Task.FromResult(new Dictionary<string, double> { ["speed"] = arguments[0] == "ours" ? Ours(data, shipped) : Rival(data, shipped) });
    }

    private static double Ours(Sentences data, bool shipped)
    {
        using var scratch = new ScratchFolder();
        using var model = shipped
            ? LanguageModel.FromPretrained(Repository.BaseModel, ModelTask.SequenceClassification, ["no", "yes"], new() { Dropout = new EncoderConfig().HiddenDropout })
            : LanguageModel.Create(ModelPresets.Get(Preset), ModelTask.SequenceClassification, ["no", "yes"], seed: 1);
        var times = new StepTimes();
        Trainer.Run(model, data, null, new TrainingOptions { Epochs = 1, BatchSize = BatchSize, CheckpointEverySeconds = 0 }, scratch.Root, times);
        var steps = times.After(5);
        return steps.Sum(s => s.Tokens) / steps.Sum(s => s.Seconds);
    }

    private static double Rival(Sentences data, bool shipped)
    {
        var config = shipped ? ModelConfig.Read(Repository.BaseModel) : ModelPresets.Get(Preset);
        torch.random.manual_seed(1);
        using var model = new TextbookClassifier(config.VocabSize, config.HiddenSize, config.LayerCount, config.HeadCount, 2, new EncoderConfig().HiddenDropout);
        using var optimizer = torch.optim.AdamW(model.parameters(), 2e-5);
        using var loss = torch.nn.CrossEntropyLoss();
        model.train();
        var order = Enumerable.Range(0, data.Count).ToArray();
        new Random(1).Shuffle(order);
        long tokens = 0;
        var watch = new Stopwatch();
        foreach (var (batch, number) in order.Chunk(BatchSize).Select((batch, number) => (batch, number)))
        {
            if (number == 5)
                watch.Start();
            using var scope = torch.NewDisposeScope();
            var (ids, padding, labels) = Padded(data, batch);
            optimizer.zero_grad();
            var output = loss.call(model.call(ids, padding), labels);
            output.backward();
            optimizer.step();
            if (number >= 5)
                tokens += batch.Sum(data.Length);
        }

        return tokens / watch.Elapsed.TotalSeconds;
    }

    private static (torch.Tensor Ids, torch.Tensor Padding, torch.Tensor Labels) Padded(Sentences data, int[] batch)
    {
        var ids = new long[batch.Length, Sentences.MaxLength];
        var padding = new bool[batch.Length, Sentences.MaxLength];
        for (var row = 0; row < batch.Length; row++)
        {
            var tokens = new int[data.Length(batch[row])];
            data.CopyTokens(batch[row], tokens);
            for (var i = 0; i < Sentences.MaxLength; i++)
                (ids[row, i], padding[row, i]) = i < tokens.Length ? (tokens[i], false) : (0, true);
        }

        return (torch.tensor(ids), torch.tensor(padding), torch.tensor(batch.Select(i => (long)data.Label(i)).ToArray()));
    }
}
