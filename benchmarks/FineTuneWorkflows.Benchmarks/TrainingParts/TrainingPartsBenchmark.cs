using FineTuneWorkflows.Benchmarks.Harness;
using FineTuneWorkflows.Learning.Runtime;

namespace FineTuneWorkflows.Benchmarks.TrainingParts;

/// <summary>
/// Parts of a training step on the CPU that could be made faster, each beside the whole step: what is not here to be gained needs no code. A step is one of the preset `tiny`, 32 of the shipped sentences of middling
/// length; its operators are the smallest and its vocabulary's share the largest, so that of larger models each part is less. On one core, where parts add up to the whole.
/// </summary>
internal sealed class TrainingPartsBenchmark : IBenchmark, IFreshProcess
{
    public string Name => "training-parts";

    public async Task<IReadOnlyList<BenchmarkResult>> RunAsync(Action<string> log)
    {
        var figures = await this.InFreshProcessAsync();
        var step = figures["step"];
        log(FormattableString.Invariant($"step {step:0.00} ms, {figures["tensors"]:0} tensors forward, {figures["bytes"]:0} managed bytes; an operator {figures["operator"] * 1e3:0.00} us, in TorchScript {figures["scripted"] * 1e3:0.00} us"));
        return
        [
            Share("batch", figures["batch"], "under 1% of it", 0.01),
            // Every row moves with decay and momentum in each step; what updating touched rows alone could save at most.
            Share("word-embeddings", figures["update"] - figures["update-of-the-rest"], "under 10% of it", 0.1),
            Share("managed-calls", figures["tensors"] * (figures["operator"] - figures["scripted"]), "under 2% of it", 0.02),
            BenchmarkResult.AtMost($"{Name}-allocations", figures["bytes"] / 1e3, "kB", 200),
            Share("joining-projections", figures["joined-each-time"] - figures["joined-once"], "under 5% of it", 0.05),
            // What the linear layers would save without padding, less what packing costs.
            Share("padding", figures["padded"] - figures["packed"] - figures["packing"], "under 5% of it", 0.05),
            BenchmarkResult.Against($"{Name}-script", figures["chain-scripted"], "ms", "the same chain operator by operator", figures["chain"], "no less than 90% of it", 0.9, double.PositiveInfinity),
        ];

        BenchmarkResult Share(string part, double value, string goal, double most) => BenchmarkResult.Against($"{Name}-{part}", value, "ms", "the whole step", step, goal, double.NegativeInfinity, most);
    }

    public Task<Dictionary<string, double>> MeasureAsync(string[] arguments)
    {
        TorchRuntime.EnsureLoaded();
        using var session = TorchSession.Enter(1);
        Dictionary<string, double> figures = [];
        StepParts.Measure(figures, session.Threads);
        OperatorParts.Measure(figures);
        return Task.FromResult(figures);
    }
}
