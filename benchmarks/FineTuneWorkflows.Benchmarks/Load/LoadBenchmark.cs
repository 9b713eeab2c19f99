using System.Diagnostics;
using System.Runtime.InteropServices;
using FineTuneWorkflows.Benchmarks.Harness;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Runtime;

namespace FineTuneWorkflows.Benchmarks.Load;

/// <summary>
/// Loading BERT-base's weights from one file or from shards, in 32 or 16 bits, beside reading the same files once into memory of their size. The files are in the system's cache, so that what is measured is our own work; memory is the growth of the process's own peak over
/// what it had before, as a multiple of the files' size. 16-bit weights widen to 32 bits, so that twice the files' size is the least possible there.
/// </summary>
internal sealed class LoadBenchmark : IBenchmark, IFreshProcess
{
    private const int Repetitions = 3;

    public string Name => "load";

    public async Task<IReadOnlyList<BenchmarkResult>> RunAsync(Action<string> log)
    {
        var results = new List<BenchmarkResult>();
        foreach (var (type, widening) in new[] { ("f32", 1.0), ("bf16", 2.0) })
        {
            foreach (var shards in new[] { 1, 4 })
            {
                using var scratch = new ScratchFolder();
                GeneratedModel.Write(scratch.Root, type == "bf16", shards);
                var runs = new List<Dictionary<string, double>>();
                for (var i = 0; i < Repetitions; i++)
                    runs.Add(await this.InFreshProcessAsync(scratch.Root));
                var name = $"{Name}-{type}-{(shards == 1 ? "file" : "shards")}";
                double load = runs.Min(r => r["load"]), read = runs.Min(r => r["read"]), bytes = runs[0]["bytes"], memory = runs.Max(r => r["memory"]) / bytes;
                log(FormattableString.Invariant($"{name}: {bytes / 1e6:0} MB, load {load:0.000} s, read {read:0.000} s, peak {memory:0.00} times the files"));
                results.Add(BenchmarkResult.Against(name, load * 1e3, "ms", "reading the files once", read * 1e3, "at most 4 times", 0, 4));
                results.Add(BenchmarkResult.AtMost($"{name}-memory", memory, "times the files", widening + 0.5, ("the weights in 32 bits", widening)));
            }
        }

        return results;
    }

    public Task<Dictionary<string, double>> MeasureAsync(string[] arguments)
    {
        TorchRuntime.EnsureLoaded();
        var folder = arguments[0];
        // What a first use of libtorch and of our code costs is not what is asked for here.
        GeneratedModel.Small(Path.Combine(folder, "small"));
        LanguageModel.Load(Path.Combine(folder, "small")).Dispose();
        Directory.Delete(Path.Combine(folder, "small"), recursive: true);
        var before = Machine.PeakMebibytes();
        var watch = Stopwatch.StartNew();
        using var model = LanguageModel.Load(folder);
        var load = watch.Elapsed.TotalSeconds;
        var peak = Machine.PeakMebibytes();
        return Task.FromResult(new Dictionary<string, double>
        {
            ["load"] = load,
            // Afterwards, because its memory is no part of the peak.
            ["read"] = Math.Min(Read(folder), Read(folder)),
            ["bytes"] = Files(folder).Sum(f => f.Length),
            ["memory"] = (peak - before) * (1 << 20),
        });
    }

    /// <summary>Reads the files into memory of their size that nobody had before, as whoever wants to keep the weights must.</summary>
    private static unsafe double Read(string folder)
    {
        const int piece = 1 << 20;
        var watch = Stopwatch.StartNew();
        foreach (var file in Files(folder))
        {
            var memory = (byte*)NativeMemory.Alloc((nuint)file.Length);
            using (var handle = File.OpenHandle(file.FullName, options: FileOptions.SequentialScan))
            {
                for (long at = 0; at < file.Length;)
                    at += RandomAccess.Read(handle, new Span<byte>(memory + at, (int)Math.Min(piece, file.Length - at)), at);
            }

            NativeMemory.Free(memory);
        }

        return watch.Elapsed.TotalSeconds;
    }

    private static List<FileInfo> Files(string folder) => [.. new DirectoryInfo(folder).GetFiles("*.safetensors")];
}
