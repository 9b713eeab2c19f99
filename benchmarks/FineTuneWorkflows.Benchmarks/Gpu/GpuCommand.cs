using FineTuneWorkflows.Benchmarks.Harness;
using FineTuneWorkflows.Learning;
using FineTuneWorkflows.Learning.Runtime;

namespace FineTuneWorkflows.Benchmarks.Gpu;

/// <summary>
/// <c>gpu [--device D] [--small] [--json]</c>: training on a GPU beside transformers' Trainer, with and without torch.compile, in one sitting: each in a process of its own, in turn; of the repetitions the best. With
/// <c>--device cpu --small</c> the benchmark itself can be tried out where there is no GPU; those figures say nothing.
/// </summary>
internal static class GpuCommand
{
    private const double Megabyte = 1e6;

    /// <returns>0 when all was measured; 1 when something could not be, such as where there is no CUDA device; 2 when the command line is wrong.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var rest = arguments.ToList();
        bool small = rest.Remove("--small"), json = rest.Remove("--json");
        if (rest is not ([] or ["--device", _]))
        {
            Console.Error.WriteLine("error: the arguments are [--device cuda|cuda:N|cpu] [--small] [--json]");
            return 2;
        }

        try
        {
            var device = TorchDevice.Parse(rest.Count == 0 ? "cuda" : rest[1]);
            var results = new List<BenchmarkResult>();
            foreach (var the in GpuCase.All(small))
                results.AddRange(await CompareAsync(the, device, small ? 1 : 2));
            Console.WriteLine(json ? ResultTable.ToJson(results) : $"\n{Machine.Description}, {device}\n\n{ResultTable.ToText(results)}");
            return 0;
        }
        catch (Exception e) when (e is BenchmarkException or LearningException)
        {
            Console.Error.WriteLine("error: " + e.Message);
            return 1;
        }
    }

    private static async Task<IReadOnlyList<BenchmarkResult>> CompareAsync(GpuCase the, TorchDevice device, int repetitions)
    {
        var name = $"gpu-{the.Name}";
        Console.Error.WriteLine($"{name}: {the.Batch} x {the.Tokens} tokens a step");
        using var scratch = new ScratchFolder();
        var folder = scratch.Under("model");
        the.Write(folder);
        List<Dictionary<string, double>> ours = [], plain = [], compiled = [];
        for (var i = 0; i < repetitions; i++)
        {
            ours.Add(Logged("ours", await new GpuTraining().TrainAsync(the, device, folder)));
            if (!TransformersTrainer.IsAtHand)
                continue;
            plain.Add(Logged("transformers", await TransformersTrainer.MeasureAsync(the, device, folder, compiled: false)));
            try
            {
                compiled.Add(Logged("transformers, torch.compile", await TransformersTrainer.MeasureAsync(the, device, folder, compiled: true)));
            }
            catch (BenchmarkException e)
            {
                // It needs compilers and headers that not every installation has; the other rows stand without it.
                Console.Error.WriteLine($"  transformers, torch.compile: no figure: {Reason(e)}");
            }
        }

        double speed = ours.Max(f => f["speed"]), memory = ours.Max(f => f["memory"]) / Megabyte, use = ours[0]["operations"] / ours.Max(f => f["product"]);
        if (plain.Count == 0)
            return [Alone("", speed, "samples/s"), Alone("-mfu", 100 * speed * use, "%"), Alone("-memory", memory, "MB")];
        double rival = plain.Max(f => f["speed"]), compiledRival = compiled.Select(f => f["speed"]).DefaultIfEmpty().Max();
        return
        [
            BenchmarkResult.Against(name, speed, "samples/s", "transformers", rival, "more than it", 1, double.PositiveInfinity),
            compiled.Count > 0 ? BenchmarkResult.Against($"{name}-compiled", speed, "samples/s", "transformers, torch.compile", compiledRival, "more than it", 1, double.PositiveInfinity)
                : Alone("-compiled", speed, "samples/s") with { Rival = "transformers, torch.compile: no figure" },
            BenchmarkResult.Against($"{name}-mfu", 100 * speed * use, "%", "transformers, the better one", 100 * Math.Max(rival, compiledRival) * use, "more than it", 1, double.PositiveInfinity),
            BenchmarkResult.Against($"{name}-memory", memory, "MB", "transformers", plain.Max(f => f["memory"]) / Megabyte, "no more than it", 0, 1),
        ];

        // Nothing was shown.
        BenchmarkResult Alone(string suffix, double value, string unit) => BenchmarkResult.AtLeast(name + suffix, value, unit, 0, (TransformersTrainer.NotAtHand, null)) with { Goal = "ahead of the rival", Holds = false };
    }

    // Of a trace the line that names the error, which most often is the last such.
    private static string Reason(BenchmarkException e) => e.Message.Split('\n').LastOrDefault(line => line.Contains("Error", StringComparison.Ordinal) || line.Contains("error:", StringComparison.Ordinal)) ?? e.Message;

    private static Dictionary<string, double> Logged(string half, Dictionary<string, double> figures)
    {
        Console.Error.WriteLine(FormattableString.Invariant($"  {half}: {figures["speed"]:0.0} samples/s, {figures["memory"] / Megabyte:0} MB"));
        return figures;
    }
}
