using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using FineTuneWorkflows.Benchmarks.Harness;

namespace FineTuneWorkflows.Benchmarks.Fuzz;

/// <summary>
/// Watches over a process that reads mutated inputs, starts it again behind an input that ended it, and keeps what was found: the input, below <c>.finetune-fuzz</c> in the checkout, and the seed and number that make it
/// again. A hang is measured in CPU time, so that a busy machine does not look like one.
/// </summary>
internal sealed class FuzzRun(IFuzzTarget target, ulong seed, TimeSpan time)
{
    private const long MostBytes = 1L << 30;

    // Beside what is read, the program itself takes some.
    private const long OwnBytes = 256L << 20;

    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(5), Watch = TimeSpan.FromMilliseconds(200);

    private readonly string folder = Directory.CreateDirectory(Path.Combine(Repository.Root, ".finetune-fuzz", target.Name)).FullName;
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private int finds;
    private long next;

    public async Task<int> RunAsync()
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{target.Name}: seed {seed}, {time.TotalMinutes:0.##} minutes"));
        while (watch.Elapsed < time) await OneProcess();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{target.Name}: {next:N0} inputs in {watch.Elapsed.TotalSeconds:0} s, {finds} finds"));
        return finds;
    }

    private async Task OneProcess()
    {
        var info = new ProcessStartInfo(Environment.ProcessPath!, ["fuzz-worker", target.Name, seed.ToString(CultureInfo.InvariantCulture), next.ToString(CultureInfo.InvariantCulture), folder])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DOTNET_GCHeapHardLimit"] = MostBytes.ToString("x", CultureInfo.InvariantCulture), ["DOTNET_DbgEnableMiniDump"] = "0" },
        };
        using var process = Process.Start(info) ?? throw new BenchmarkException("the process that reads inputs did not start");
        var last = new ConcurrentQueue<string>();
        var (lines, ready, spent) = (0L, false, TimeSpan.Zero);
        var error = process.StandardError.ReadToEndAsync();
        var reading = Task.Run(async () =>
        {
            while (await process.StandardOutput.ReadLineAsync() is { } line)
            {
                Interlocked.Increment(ref lines);
                var words = line.Split(' ');
                if (words[0] == "at") (next, ready) = (long.Parse(words[1], CultureInfo.InvariantCulture), true);
                if (words[0] == "at" && words.Length > 2) last.Enqueue(words[2]);
                while (last.Count > 1) last.TryDequeue(out _);
                if (words[0] == "found") Found("crash", words[1], Encoding.UTF8.GetString(Convert.FromBase64String(words[2])));
            }
        });
        var seen = -1L;
        string? ended = null;
        while (!process.HasExited && ended is null)
        {
            await Task.Delay(Watch);
            try
            {
                process.Refresh();
                if (process.HasExited) break;
                var used = process.TotalProcessorTime;
                if (Interlocked.Read(ref lines) != seen) (seen, spent) = (Interlocked.Read(ref lines), used);
                else if (ready && used - spent > Hang) ended = "hang";
                if (process.WorkingSet64 > MostBytes + OwnBytes) ended = "memory";
            }
            catch (InvalidOperationException)
            {
                // It has just ended.
                break;
            }
            if (ended is null && watch.Elapsed > time) ended = "";
        }
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        await reading;
        if (ended is "") return;
        if (!ready) throw new BenchmarkException($"the process that reads inputs ended before it began: {await error}");
        var name = last.TryPeek(out var current) ? current : "input";
        var file = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{target.Name}-{seed}-{next}-{name}"));
        File.Copy(Path.Combine(folder, FuzzWorker.Current), file, overwrite: true);
        Found(ended ?? "crash", file, ended is null ? await error : "");
        next++;
    }

    private void Found(string kind, string file, string detail)
    {
        finds++;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{target.Name}: {kind}, input {next}: {file}"));
        Console.WriteLine($"  again: benchmarks/run.sh fuzz {target.Name} --seed {seed} --number {next}");
        foreach (var line in detail.Split('\n').Take(12)) Console.WriteLine("    " + line.TrimEnd());
    }
}
