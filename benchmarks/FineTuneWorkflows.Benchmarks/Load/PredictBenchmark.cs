using System.Diagnostics;
using FineTuneWorkflows.Benchmarks.Harness;
using FineTuneWorkflows.Benchmarks.Training;
using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Runtime;

namespace FineTuneWorkflows.Benchmarks.Load;

/// <summary>
/// Predicting with BERT-base as a classifier on the processor, sequences of 128 tokens, in batches and one at a time, beside the rate of a matrix product in the same process. The operations counted are those of the matrix products alone.
/// </summary>
internal sealed class PredictBenchmark : IBenchmark, IFreshProcess
{
    private const int Batch = 16;
    private const int Tokens = 128;
    private const int Repetitions = 5;

    public string Name => "predict";

    public async Task<IReadOnlyList<BenchmarkResult>> RunAsync(Action<string> log)
    {
        var figures = await this.InFreshProcessAsync();
        log(FormattableString.Invariant($"batch {figures["batch"]:0.00} sequences/s, single {figures["single"]:0.00}; {figures["operations"] / 1e9:0.0} GFLOP a sequence, matrix product {figures["product"] / 1e9:0.0} GFLOP/s"));
        var limit = figures["product"] / figures["operations"];
        return
        [
            BenchmarkResult.Against($"{Name}-batch", figures["batch"], "sequences/s", "the product's rate", limit, "at least 80% of it", 0.8, double.PositiveInfinity),
            BenchmarkResult.Against($"{Name}-single", figures["single"], "sequences/s", "the product's rate", limit, "at least 60% of it", 0.6, double.PositiveInfinity),
        ];
    }

    public Task<Dictionary<string, double>> MeasureAsync(string[] arguments)
    {
        TorchRuntime.EnsureLoaded();
        using var scratch = new ScratchFolder();
        GeneratedModel.Write(scratch.Root, half: false, shards: 1);
        using var model = SequenceClassifierModel.Load(scratch.Root);
        var config = model.Config;
        var product = Limits.MatrixProduct();
        double batch = Rate(model, Batch), single = Rate(model, 1);
        double width = config.HiddenSize, weights = config.LayerCount * ((4 * width * width) + (2 * width * config.IntermediateSize));
        return Task.FromResult(new Dictionary<string, double>
        {
            ["batch"] = batch,
            ["single"] = single,
            ["operations"] = 2.0 * Tokens * (weights + (config.LayerCount * 2.0 * Tokens * width)),
            ["product"] = Math.Max(product, Limits.MatrixProduct()),
        });
    }

    /// <summary>The best rate in sequences a second.</summary>
    private static double Rate(SequenceClassifierModel model, int count)
    {
        var random = new SeededRandom(7);
        int[][] sequences = [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, Tokens).Select(_ => 1000 + random.Next(20_000)).ToArray())];
        var best = double.PositiveInfinity;
        for (var i = 0; i <= Repetitions; i++)
        {
            var watch = Stopwatch.StartNew();
            model.Predict(sequences, count);
            // The first is a warm-up.
            if (i > 0)
                best = Math.Min(best, watch.Elapsed.TotalSeconds);
        }

        return count / best;
    }
}
