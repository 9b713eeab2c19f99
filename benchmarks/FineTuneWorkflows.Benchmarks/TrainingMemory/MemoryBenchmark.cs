using FineTuneWorkflows.Benchmarks.Harness;
using FineTuneWorkflows.Benchmarks.Training;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Training;
using FineTuneWorkflows.Learning.Training.Memory;

namespace FineTuneWorkflows.Benchmarks.TrainingMemory;

/// <summary>
/// The most memory that training on the CPU takes, beyond what the process has once libtorch has computed something, beside what <see cref="MemoryEstimate"/> says of them: see <see cref="MemoryCase"/>. Gradient checkpointing and
/// pieces must make it lower. Freed blocks are given back, as in a training that would fill half of the memory or asks for little; what glibc keeps besides by default is a row of its own. Each in a fresh process. And whether a long training grows.
/// </summary>
internal sealed class MemoryBenchmark : IBenchmark, IFreshProcess
{
    private const int Steps = 4;
    private const int Long = 10_000;
    private const int Early = 1_000;
    private const double Megabyte = 1e6;
    private const string Kept = "base-lora", Keeping = "keeping";

    public string Name => "memory";

    public async Task<IReadOnlyList<BenchmarkResult>> RunAsync(Action<string> log)
    {
        var results = new List<BenchmarkResult>();
        var peaks = new Dictionary<string, double>();
        foreach (var name in MemoryCase.All.Where(c => PrecisionSupport.Problem(TorchDevice.Cpu, c.Precision) is null).Select(c => c.Name))
        {
            var figures = await this.InFreshProcessAsync(name);
            log(FormattableString.Invariant(
                $"{name}: {figures["peak"] / Megabyte:0} MB beyond {figures["before"] / Megabyte:0} MB; estimated {figures["estimate"] / Megabyte:0} MB, of it activations {figures["activations"] / Megabyte:0} MB; {figures["step"]:0.00} s a step"));
            peaks[name] = figures["peak"] / Megabyte;
            results.Add(BenchmarkResult.Against($"{Name}-{name}", peaks[name], "MB", "the estimate", figures["estimate"] / Megabyte, "within 15% of it", 0.85, 1.15));
        }

        var kept = await this.InFreshProcessAsync(Kept, Keeping);
        results.Add(BenchmarkResult.Against($"{Name}-{Kept}-by-default", kept["peak"] / Megabyte, "MB", "the estimate", kept["estimate"] / Megabyte, "within 50% of it", 0.85, 1.5));
        foreach (var lower in (string[])["small-checkpointing", "small-pieces"])
            results.Add(BenchmarkResult.Against($"{Name}-{lower}-lower", peaks[lower], "MB", "without", peaks["small"], "less", 0, 0.999));
        var growth = await this.InFreshProcessAsync("growth");
        log(FormattableString.Invariant($"step {Early}: {growth["early"] / Megabyte:0.0} MB, step {Long}: {growth["late"] / Megabyte:0.0} MB"));
        results.Add(BenchmarkResult.Against($"{Name}-growth", growth["late"] / Megabyte, "MB", $"at step {Early}", growth["early"] / Megabyte, "within 2% of it", 0, 1.02));
        return results;
    }

    public Task<Dictionary<string, double>> MeasureAsync(string[] arguments) =>
        Task.FromResult(arguments[0] == "growth" ? Growth() : Peak(MemoryCase.All.Single(c => c.Name == arguments[0]), givesBack: !arguments.Contains(Keeping)));

    private static Dictionary<string, double> Peak(MemoryCase the, bool givesBack)
    {
        if (givesBack)
            LargeBlocks.GiveBack();
        using var scratch = new ScratchFolder();
        WarmUp(Path.Combine(scratch.Root, "warm"));
        double before = ResidentMemory.Now;
        ResidentMemory.ForgetPeak();
        using var model = the.Make();
        var data = new FixedLengths(Steps * the.Texts, MemoryCase.Tokens, model.Config.VocabSize);
        var options = the.Options;
        var estimate = MemoryEstimate.Of(model, options, BatchShape.OfTraining(options, data), predictedShare: the.Masking?.Probability ?? 1);
        var times = new StepTimes();
        Trainer.Run(model, data, null, options, Path.Combine(scratch.Root, "run"), times, masking: the.Masking);
        return new() { ["step"] = times.After(1).Min(s => s.Seconds), ["before"] = before, ["peak"] = ResidentMemory.Peak - before, ["estimate"] = estimate.Peak, ["activations"] = estimate.Activations };
    }

    private static Dictionary<string, double> Growth()
    {
        using var scratch = new ScratchFolder();
        var config = Tiny();
        using var model = LanguageModel.Create(config, ModelTask.SequenceClassification, ["no", "yes"], seed: 1);
        var sizes = new SizesAtSteps(Early, Long);
        var options = new TrainingOptions { Epochs = 1, BatchSize = 4, CheckpointEverySeconds = 0 };
        Trainer.Run(model, new MixedLengths(Long * 4, 64, config.VocabSize), null, options, scratch.Root, sizes);
        return new() { ["early"] = sizes.Of(Early), ["late"] = sizes.Of(Long) };
    }

    // What libtorch and its matrix library take once and keep belongs to no training.
    private static void WarmUp(string folder)
    {
        var config = Tiny();
        using var model = LanguageModel.Create(config, ModelTask.SequenceClassification, ["no", "yes"], seed: 1);
        Trainer.Run(model, new FixedLengths(16, 16, config.VocabSize), null, new TrainingOptions { Epochs = 1, BatchSize = 4, CheckpointEverySeconds = 0 }, folder);
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    private static ModelConfig Tiny() => ModelPresets.Get("tiny", vocabSize: 1000, width: 64);

    private sealed class SizesAtSteps(params int[] steps) : ITrainingObserver
    {
        private readonly Dictionary<long, long> sizes = [];

        public long Of(long step) => sizes[step];

        public void OnStep(TrainingStep step)
        {
            if (!steps.Contains((int)step.Step))
                return;
            GC.Collect();
            GC.WaitForPendingFinalizers();
            sizes[step.Step] = ResidentMemory.Now;
        }
    }
}
