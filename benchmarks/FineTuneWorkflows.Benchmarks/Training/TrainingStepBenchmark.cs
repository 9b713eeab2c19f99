using FineTuneWorkflows.Benchmarks.Harness;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Training;

namespace FineTuneWorkflows.Benchmarks.Training;

/// <summary>
/// One step of BERT-base as a classifier, 8 texts of 128 tokens, on the CPU: forward and backward beside what a matrix product reaches in the same process, and the optimizer's step beside what memory allows.
/// The operations counted are those of the matrix products alone; normalization, activations, dropout and softmax are overhead. And the step in bfloat16 beside the one in 32 bits, where the CPU has such instructions.
/// </summary>
internal sealed class TrainingStepBenchmark : IBenchmark, IFreshProcess
{
    private const int Texts = 8;
    private const int Tokens = 128;
    private const int Warmup = 2;
    private const int Steps = 8;

    public string Name => "training-step";

    public async Task<IReadOnlyList<BenchmarkResult>> RunAsync(Action<string> log)
    {
        var figures = await this.InFreshProcessAsync($"{Precision.Float32}");
        log(FormattableString.Invariant($"step {figures["step"]:0.000} s; forward and backward {figures["rate"] / 1e9:0.0} GFLOP/s, matrix product {figures["product"] / 1e9:0.0}; update {figures["update"]:0.000} s"));
        var results = new List<BenchmarkResult>
        {
            BenchmarkResult.Against($"{Name}-compute", figures["rate"] / 1e9, "GFLOP/s", "a 1024x768x3072 product", figures["product"] / 1e9, "at least 90% of it", 0.9, double.PositiveInfinity),
            BenchmarkResult.Against($"{Name}-compute-quickest", figures["rate"] / 1e9, "GFLOP/s", "that product by the quicker library", figures["quickest"] / 1e9, "at least 70% of it", 0.7, double.PositiveInfinity),
            BenchmarkResult.Against($"{Name}-update", figures["update"] * 1e3, "ms", "the whole step", figures["step"] * 1e3, "under 6% of it", 0, 0.06),
            BenchmarkResult.Against($"{Name}-memory", figures["bytes"] / 1e9, "GB/s", "the same traffic without arithmetic", figures["memory"] / 1e9, "at least half of it", 0.5, double.PositiveInfinity),
        };
        if (PrecisionSupport.Problem(TorchDevice.Cpu, Precision.BFloat16) is { } problem)
        {
            log($"no row in bfloat16: {problem}");
            return results;
        }

        var half = await this.InFreshProcessAsync($"{Precision.BFloat16}");
        results.Add(BenchmarkResult.Against($"{Name}-bfloat16", half["step"] * 1e3, "ms", "the step in 32 bits", figures["step"] * 1e3, "less", 0, 0.999));
        return results;
    }

    public Task<Dictionary<string, double>> MeasureAsync(string[] arguments)
    {
        TorchRuntime.EnsureLoaded();
        using var scratch = new ScratchFolder();
        var config = (EncoderConfig)ModelPresets.Get("base");
        using var model = LanguageModel.Create(config, ModelTask.SequenceClassification, ["no", "yes"], seed: 1);
        var product = Limits.MatrixProduct();
        var memory = Limits.Memory();
        var times = new StepTimes();
        var options = new TrainingOptions { Epochs = 1, BatchSize = Texts, CheckpointEverySeconds = 0, Precision = Enum.Parse<Precision>(arguments[0]) };
        // A checkpoint of BERT-base has 1.3 GB; only the one after the epoch is written.
        Trainer.Run(model, new FixedLengths((Warmup + Steps) * Texts, Tokens, config.VocabSize), null, options, scratch.Root, times);
        var steps = times.After(Warmup);
        double step = steps.Min(s => s.Seconds), update = steps.Min(s => s.UpdateSeconds);
        var parameters = model.Parameters.Sum(p => p.Value.NumberOfElements);
        return Task.FromResult(new Dictionary<string, double>
        {
            ["step"] = step,
            ["update"] = update,
            ["rate"] = Operations(config) / steps.Min(s => s.Seconds - s.UpdateSeconds),
            ["product"] = Math.Max(product, Limits.MatrixProduct()),
            ["quickest"] = Limits.QuickestProduct(),
            ["bytes"] = parameters * (double)Limits.BytesPerElement / update,
            ["memory"] = Math.Max(memory, Limits.Memory()),
        });
    }

    /// <summary>Two operations for each weight and token and as many for the two products of attention, three times: forward, and backward to inputs and to weights.</summary>
    private static double Operations(EncoderConfig config)
    {
        double width = config.HiddenSize, weights = config.LayerCount * ((4 * width * width) + (2 * width * config.IntermediateSize));
        var attention = config.LayerCount * 2.0 * Tokens * width;
        return 3 * 2 * Texts * Tokens * (weights + attention);
    }
}
