using System.Diagnostics;
using System.Text;
using FineTuneWorkflows.Benchmarks.Harness;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Homes;

namespace FineTuneWorkflows.Benchmarks.ManyStages;

/// <summary>
/// What the engine takes for a stage that does nothing: fingerprint, locks, journal, the artifact hashed, flushed to the disk and moved into the store, the record written. 100 stages in a chain, the time divided by 100;
/// the best of several runs after one to warm up. Beside it, the least that any program must do to keep such a file safe: write it, flush it, rename it.
/// </summary>
internal sealed class StageOverheadBenchmark : IBenchmark
{
    private const int Stages = 100;
    private const int Runs = 9;
    private const double MostMilliseconds = 5;

    public string Name => "stage-overhead";

    public async Task<IReadOnlyList<BenchmarkResult>> RunAsync(Action<string> log)
    {
        using var scratch = new ScratchFolder();
        var definition = scratch.Under("stamps.json");
        StampPipeline.Write(definition, Stages);
        var home = Home.Open(scratch.Under("home"));
        var ours = new List<double>();
        var processor = new List<double>();
        var bare = new List<double>();
        for (var seed = 0; seed <= Runs; seed++)
        {
            var pipeline = StampPipeline.Build(definition, seed);
            using var engine = Engine.Open(home, new NoServices());
            var processorBefore = Environment.CpuUsage.TotalTime;
            var watch = Stopwatch.StartNew();
            await StampPipeline.RunAsync(engine, pipeline, StageOutcome.Executed);
            var ourTime = watch.Elapsed.TotalMilliseconds / Stages;
            var processorTime = (Environment.CpuUsage.TotalTime - processorBefore).TotalMilliseconds / Stages;
            watch.Restart();
            KeepSafely(scratch.Under($"bare{seed}"), seed);
            var bareTime = watch.Elapsed.TotalMilliseconds / Stages;
            if (seed == 0)
                continue;
            ours.Add(ourTime);
            processor.Add(processorTime);
            bare.Add(bareTime);
        }

        log("engine, ms a stage:                        " + ours.Spread());
        log("processor time of that:                    " + processor.Spread());
        log("one file written, flushed and renamed, ms: " + bare.Spread());
        return [BenchmarkResult.AtMost(Name, ours.Min(), "ms", MostMilliseconds, ("one file flushed and renamed", bare.Min()))];
    }

    private static void KeepSafely(string folder, int seed)
    {
        Directory.CreateDirectory(folder);
        for (var i = 0; i < Stages; i++)
        {
            var path = Path.Combine(folder, $"{i}");
            using (var stream = new FileStream(path + ".tmp", FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                stream.Write(Encoding.UTF8.GetBytes(StampStage.Content(i, seed)));
                stream.Flush(flushToDisk: true);
            }

            File.Move(path + ".tmp", path);
        }
    }
}
