using System.Diagnostics;
using FineTuneWorkflows.Benchmarks.Harness;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Pipelines.Homes;

namespace FineTuneWorkflows.Benchmarks.ManyStages;

/// <summary>
/// A pipeline of 100 stages with nothing to do, in fresh processes; the definition is read and the engine opened before the clock starts. Three times are taken: in a process that has run nothing (cold: loading code and libraries counts);
/// in one that has run a pipeline of a single stage with nothing to do (that is the start-up which every run pays; what is timed lies beyond it); and again and again in the same process (warm). The best of each counts.
/// </summary>
internal sealed class NoOpManyStagesBenchmark : IBenchmark, IFreshProcess
{
    private const int Stages = 100;
    private const int Processes = 15;
    private const int WarmRuns = 20;
    private const double MostMilliseconds = 50;
    private const double MostColdMilliseconds = 100;

    public string Name => "noop-100-stages";

    public async Task<IReadOnlyList<BenchmarkResult>> RunAsync(Action<string> log)
    {
        using var scratch = new ScratchFolder();
        var (many, one, home) = (scratch.Under("many.json"), scratch.Under("one.json"), scratch.Under("home"));
        StampPipeline.Write(many, Stages);
        StampPipeline.Write(one, 1);
        foreach (var definition in (string[])[many, one])
        {
            using var engine = Engine.Open(Home.Open(home), new NoServices());
            await StampPipeline.RunAsync(engine, StampPipeline.Build(definition, 0), definition == many ? StageOutcome.Executed : StageOutcome.UpToDate);
        }

        var cold = new List<Dictionary<string, double>>();
        var started = new List<Dictionary<string, double>>();
        for (var i = 0; i < Processes; i++)
        {
            cold.Add(await this.InFreshProcessAsync(home, many));
            started.Add(await this.InFreshProcessAsync(home, many, one));
        }

        foreach (var (figure, of) in ((string, string)[])[("time", "ms"), ("processor", "ms of processor time")])
        {
            log($"first run, cold, {of}:            {cold.ConvertAll(m => m[figure]).Spread()}");
            log($"first run beyond start-up, {of}:  {started.ConvertAll(m => m[figure]).Spread()}");
        }

        log($"further runs, ms:                   {started.ConvertAll(m => m["warm"]).Spread()}");
        return
        [
            BenchmarkResult.AtMost(Name, started.Min(m => m["time"]), "ms", MostMilliseconds),
            BenchmarkResult.AtMost(Name + "-cold", cold.Min(m => m["time"]), "ms", MostColdMilliseconds),
        ];
    }

    /// <param name="arguments">The home, the definition, and one to run before it or nothing.</param>
    public async Task<Dictionary<string, double>> MeasureAsync(string[] arguments)
    {
        var home = Home.Open(arguments[0]);
        var pipeline = StampPipeline.Build(arguments[1], 0);
        if (arguments.Length > 2)
            await TimeAsync(home, StampPipeline.Build(arguments[2], 0));
        var (time, processor) = await TimeAsync(home, pipeline);
        var warm = double.PositiveInfinity;
        for (var i = 0; i < WarmRuns; i++)
            warm = Math.Min(warm, (await TimeAsync(home, pipeline)).Time);
        return new() { ["time"] = time, ["processor"] = processor, ["warm"] = warm };
    }

    private static async Task<(double Time, double Processor)> TimeAsync(Home home, Pipeline pipeline)
    {
        using var engine = Engine.Open(home, new NoServices());
        var processor = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        await StampPipeline.RunAsync(engine, pipeline, StageOutcome.UpToDate);
        return (watch.Elapsed.TotalMilliseconds, (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds);
    }
}
