using System.Diagnostics;
using System.Text.Json;
using FineTuneWorkflows.Benchmarks.Harness;
using FineTuneWorkflows.Benchmarks.Onnx;
using FineTuneWorkflows.Benchmarks.Training;
using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Learning.Metrics;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Benchmarks.Load;

/// <summary>
/// Predicting with BERT-base as a classifier on the CPU, beside ONNX Runtime with the same weights and as many threads in the same process, in turn, and beside the rate of a matrix product: sequences of 128 tokens in batches
/// and one at a time, and the shipped sentences at their real lengths, for which ONNX Runtime gets batches in the data's order, padded to each batch's longest. The operations counted are those of the matrix products alone.
/// Both must give the same logits.
/// </summary>
internal sealed class PredictBenchmark : IBenchmark, IFreshProcess
{
    private const int Batch = 16;
    private const int Tokens = 128;
    private const int SentenceCount = 256;
    private const int SentenceBatch = 32;
    private const int Repetitions = 5;
    private const double Tolerance = 1e-4;
    private const string Rival = "ONNX Runtime";

    public string Name => "predict";

    public async Task<IReadOnlyList<BenchmarkResult>> RunAsync(Action<string> log)
    {
        var figures = await this.InFreshProcessAsync();
        foreach (var part in new[] { "batch", "single", "sentences" })
            log(FormattableString.Invariant($"{part}: {figures[part]:0.00} sequences/s, {Rival} {figures[part + "-onnx"]:0.00}; {figures[part + "-processor"] * 1e3:0} ms of processor time a sequence, {Rival} {figures[part + "-onnx-processor"] * 1e3:0} ms, its waiting by spinning included; logits differ by {figures[part + "-difference"]:0.0e0} at most, those of different sequences by {figures[part + "-spread"]:0.0e0}"));
        log(FormattableString.Invariant($"{figures["operations"] / 1e9:0.0} GFLOP a sequence of {Tokens}, matrix product {figures["product"] / 1e9:0.0} GFLOP/s"));
        var limit = figures["product"] / figures["operations"];
        return
        [
            BenchmarkResult.Against($"{Name}-batch", figures["batch"], "sequences/s", "the product's rate", limit, "at least 80% of it", 0.8, double.PositiveInfinity),
            BenchmarkResult.Against($"{Name}-single", figures["single"], "sequences/s", "the product's rate", limit, "at least 60% of it", 0.6, double.PositiveInfinity),
            AgainstRival("batch"), AgainstRival("single"), AgainstRival("sentences"),
        ];

        BenchmarkResult AgainstRival(string part) =>
            BenchmarkResult.Against($"{Name}-{part}-onnx", figures[part], "sequences/s", Rival, figures[part + "-onnx"], "at least the rival's", 1, double.PositiveInfinity);
    }

    public Task<Dictionary<string, double>> MeasureAsync(string[] arguments)
    {
        TorchRuntime.EnsureLoaded();
        using var scratch = new ScratchFolder();
        GeneratedModel.Write(scratch.Root, half: false, shards: 1);
        using var model = SequenceClassifierModel.Load(scratch.Root);
        var config = (EncoderConfig)model.Config;
        BertGraph.Write(scratch.Root, config, scratch.Under("model.onnx"));
        using var rival = new OnnxClassifier(scratch.Under("model.onnx"), arguments.FirstOrDefault());
        var product = Limits.MatrixProduct();
        double width = config.HiddenSize, weights = config.LayerCount * ((4 * width * width) + (2 * width * config.IntermediateSize));
        var figures = new Dictionary<string, double> { ["operations"] = 2.0 * Tokens * (weights + (config.LayerCount * 2.0 * Tokens * width)) };
        Compare(figures, "batch", model, rival, Drawn(Batch), Batch);
        Compare(figures, "single", model, rival, Drawn(1), 1);
        Compare(figures, "sentences", model, rival, Sentences(), SentenceBatch);
        figures["product"] = Math.Max(product, Limits.MatrixProduct());
        return Task.FromResult(figures);
    }

    /// <summary>The best rates of both in sequences a second, taken in turn; and the least processor time, which depends less on what else the machine does.</summary>
    private static void Compare(Dictionary<string, double> figures, string part, SequenceClassifierModel model, OnnxClassifier rival, int[][] sequences, int batchSize)
    {
        (double Seconds, double Processor) ours = (double.PositiveInfinity, double.PositiveInfinity), rivals = ours;
        // The first of each is a warm-up.
        for (var i = 0; i <= Repetitions; i++)
        {
            ProbabilityTable? table = null;
            float[] logits = [];
            var (own, other) = (Timed(() => table = model.Predict(sequences, batchSize)), Timed(() => logits = [.. sequences.Chunk(batchSize).SelectMany(rival.Logits)]));
            if (i > 0)
                (ours, rivals) = (Least(ours, own), Least(rivals, other));
            else
                (figures[part + "-difference"], figures[part + "-spread"]) = Agree(part, table!, logits);
        }

        (figures[part], figures[part + "-onnx"]) = (sequences.Length / ours.Seconds, sequences.Length / rivals.Seconds);
        (figures[part + "-processor"], figures[part + "-onnx-processor"]) = (ours.Processor / sequences.Length, rivals.Processor / sequences.Length);

        static (double Seconds, double Processor) Least((double Seconds, double Processor) a, (double Seconds, double Processor) b) => (Math.Min(a.Seconds, b.Seconds), Math.Min(a.Processor, b.Processor));
    }

    private static (double Seconds, double Processor) Timed(Action work)
    {
        var before = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        work();
        return (watch.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
    }

    /// <summary>The largest difference of logits, each sequence's own mean taken off, which probabilities do not tell; and how far logits of one class lie apart, beside which it must be small.</summary>
    private static (double Difference, double Spread) Agree(string part, ProbabilityTable table, float[] logits)
    {
        double difference = 0, lowest = double.PositiveInfinity, highest = double.NegativeInfinity;
        var classes = table.ClassCount;
        for (var row = 0; row < table.Count; row++)
        {
            double[] own = [.. table.Row(row).ToArray().Select(p => Math.Log(p))];
            double mean = own.Average(), rivalMean = logits.Skip(row * classes).Take(classes).Average();
            for (var i = 0; i < classes; i++)
                difference = Math.Max(difference, Math.Abs(own[i] - mean - (logits[(row * classes) + i] - rivalMean)));
            (lowest, highest) = (Math.Min(lowest, own[0] - mean), Math.Max(highest, own[0] - mean));
        }

        return difference <= Tolerance ? (difference, highest - lowest) : throw new BenchmarkException(FormattableString.Invariant($"{part}: the logits of {Rival} differ from ours by {difference}"));
    }

    private static int[][] Drawn(int count)
    {
        var random = new SeededRandom(7);
        return [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, Tokens).Select(_ => 1000 + random.Next(20_000)).ToArray())];
    }

    private static int[][] Sentences()
    {
        var tokenizer = WordPieceTokenizer.Load(Repository.Vocabulary);
        return [.. File.ReadLines(Repository.Sentences).Take(SentenceCount).Select(line => tokenizer.Encode(JsonDocument.Parse(line).RootElement.GetProperty("text").GetString()!, Tokens).Ids.ToArray())];
    }
}
