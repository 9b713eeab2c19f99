using System.Diagnostics;
using FineTuneWorkflows.Benchmarks.Harness;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Homes;

namespace FineTuneWorkflows.Benchmarks.ManyStages;

/// <summary>
/// A pipeline of 100 stages with nothing to do. Measured in fresh processes: the definition is read and the engine opened before the clock starts, then the first run is timed (cold: its code has never run before), then
/// as many more, each with an engine of its own (warm). The medians count.
/// </summary>
internal sealed class NoOpManyStagesBenchmark : IBenchmark, IFreshProcess
{
    private const int Processes = 15;
    private const int WarmRuns = 60;
    private const double MostMilliseconds = 50;

    public string Name => "noop-100-stages";

    public async Task<IReadOnlyList<BenchmarkResult>> RunAsync(Action<string> log)
    {
        using var scratch = new ScratchFolder();
        var (definition, home) = (scratch.Under("stamps.json"), scratch.Under("home"));
        StampPipeline.Write(definition);
        using (var engine = Engine.Open(Home.Open(home), new NoServices()))
            await StampPipeline.RunAsync(engine, StampPipeline.Build(definition, 0), StageOutcome.Executed);

        var measured = new List<Dictionary<string, double>>();
        for (var i = 0; i < Processes; i++)
            measured.Add(await this.InFreshProcessAsync(definition, home));
        var cold = measured.ConvertAll(m => m["cold"]);
        var warm = measured.ConvertAll(m => m["warm"]);
        log("definition read and checked, cold, ms: " + measured.ConvertAll(m => m["build"]).Spread());
        log("first run of a process, ms:            " + cold.Spread());
        log("further runs, ms:                      " + warm.Spread());
        log("processor time of the first, ms:       " + measured.ConvertAll(m => m["coldProcessor"]).Spread());
        log("processor time of the further, ms:     " + measured.ConvertAll(m => m["warmProcessor"]).Spread());
        return
        [
            BenchmarkResult.AtMost(Name, cold.Median(), "ms", MostMilliseconds),
            BenchmarkResult.AtMost(Name + "-warm", warm.Median(), "ms", MostMilliseconds),
        ];
    }

    public async Task<Dictionary<string, double>> MeasureAsync(string[] arguments)
    {
        var watch = Stopwatch.StartNew();
        var pipeline = StampPipeline.Build(arguments[0], 0);
        var build = watch.Elapsed.TotalMilliseconds;
        var home = Home.Open(arguments[1]);
        var runs = new List<double>();
        var processor = new List<double>();
        for (var i = 0; i <= WarmRuns; i++)
        {
            using var engine = Engine.Open(home, new NoServices());
            watch.Restart();
            var before = Environment.CpuUsage.TotalTime;
            await StampPipeline.RunAsync(engine, pipeline, StageOutcome.UpToDate);
            runs.Add(watch.Elapsed.TotalMilliseconds);
            processor.Add((Environment.CpuUsage.TotalTime - before).TotalMilliseconds);
        }

        return new() { ["build"] = build, ["cold"] = runs[0], ["warm"] = runs[1..].Median(), ["coldProcessor"] = processor[0], ["warmProcessor"] = processor[1..].Median() };
    }
}
