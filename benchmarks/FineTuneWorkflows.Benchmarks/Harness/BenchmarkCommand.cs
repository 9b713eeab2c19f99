using System.Text.Json;
using FineTuneWorkflows.Benchmarks.Gpu;
using FineTuneWorkflows.Benchmarks.Load;
using FineTuneWorkflows.Benchmarks.ManyStages;
using FineTuneWorkflows.Benchmarks.NoOpRerun;
using FineTuneWorkflows.Benchmarks.Seeds;
using FineTuneWorkflows.Benchmarks.Tokenize;
using FineTuneWorkflows.Benchmarks.Tracking;
using FineTuneWorkflows.Benchmarks.Training;
using FineTuneWorkflows.Benchmarks.TrainingMemory;
using FineTuneWorkflows.Benchmarks.TrainingParts;

namespace FineTuneWorkflows.Benchmarks.Harness;

/// <summary>The command line: <c>[NAME] [--json]</c>.</summary>
internal static class BenchmarkCommand
{
    private static readonly IBenchmark[] All =
    [
        new LoadBenchmark(), new PredictBenchmark(), new NoOpRerunBenchmark(), new NoOpManyStagesBenchmark(), new StageOverheadBenchmark(), new TokenizeBenchmark(),
        new TrackingBenchmark(), new TrackingMemoryBenchmark(), new TrainingStepBenchmark(), new TrainingThroughputBenchmark(), new TrainingPartsBenchmark(), new MemoryBenchmark(),
        // Three minutes on two cores are what the first command is to take at most.
        new SeedsBenchmark("sentiment", "accuracy", 180), new SeedsBenchmark("entities", "f1", null), new SeedsBenchmark("topics", "accuracy", null),
    ];

    /// <returns>0 when all that was asked for was measured, whether the goals hold or not; 1 when something could not be measured; 2 when the command line is wrong.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var json = arguments.Contains("--json");
        var names = arguments.Where(a => a != "--json").ToList();
        var wrong = names.FirstOrDefault(n => All.All(b => b.Name != n));
        if (wrong is not null)
        {
            Console.Error.WriteLine($"error: there is no benchmark {wrong}; there are {string.Join(", ", All.Select(b => b.Name))}");
            return 2;
        }

        try
        {
            var results = new List<BenchmarkResult>();
            foreach (var benchmark in All.Where(b => names.Count == 0 ? !b.TakesLong : names.Contains(b.Name)))
            {
                Console.Error.WriteLine(benchmark.Name);
                results.AddRange(await benchmark.RunAsync(line => Console.Error.WriteLine("  " + line)));
            }

            Console.WriteLine(json ? ResultTable.ToJson(results) : $"\n{Machine.Description}\n\n{ResultTable.ToText(results)}");
            return 0;
        }
        catch (BenchmarkException e)
        {
            Console.Error.WriteLine("error: " + e.Message);
            return 1;
        }
    }

    /// <summary>What a fresh process of this program does when another measures with it.</summary>
    public static async Task<int> MeasureAsync(string name, string[] arguments)
    {
        var part = All.OfType<IFreshProcess>().Append(new GpuTraining()).Single(b => b.Name == name);
        Console.WriteLine(JsonSerializer.Serialize(await part.MeasureAsync(arguments)));
        return 0;
    }

    /// <summary>Measures a part in a fresh process.</summary>
    public static async Task<Dictionary<string, double>> InFreshProcessAsync(this IFreshProcess part, params IEnumerable<string> arguments)
    {
        var run = (await ProgramRun.RunAsync(Environment.ProcessPath!, ["measure", part.Name, .. arguments])).Checked($"measuring {part.Name}");
        return JsonSerializer.Deserialize<Dictionary<string, double>>(run.Output) ?? throw new BenchmarkException($"measuring {part.Name} printed nothing");
    }
}
