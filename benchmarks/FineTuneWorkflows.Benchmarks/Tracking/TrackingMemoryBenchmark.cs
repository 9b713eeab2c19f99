using System.Globalization;
using FineTuneWorkflows.Benchmarks.Harness;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Tracking.Mlflow;
using FineTuneWorkflows.Tracking.Outbox;
using FineTuneWorkflows.Tracking.Store;

namespace FineTuneWorkflows.Benchmarks.Tracking;

/// <summary>
/// The server is down while a stage logs a million metrics as fast as it can; when they wait in the outbox the server comes up, while the stage goes on logging ten metrics every ten milliseconds. How much the process
/// grows beyond what it had when the stage began: first until the million waits, then until it is delivered. Delivery is counted where it arrives, from the first value to the last of the million.
/// </summary>
internal sealed class TrackingMemoryBenchmark : IBenchmark, IFreshProcess
{
    private const int Steps = 100_000;
    private const double MostMegabytes = 100;
    private const double LeastRate = 20_000;
    private const string WaitingFlag = "waiting";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(0.5);

    public string Name => "tracking-memory";

    public async Task<IReadOnlyList<BenchmarkResult>> RunAsync(Action<string> log)
    {
        using var scratch = new ScratchFolder();
        using var listener = new MetricListener();
        var measuring = this.InFreshProcessAsync(scratch.Root, listener.Uri.ToString());
        while (!File.Exists(scratch.Under(WaitingFlag)) && !measuring.IsCompleted)
            await Task.Delay(Pause);
        listener.Start();
        var figures = await measuring;
        Arrivals.Check(listener, (long)figures["logged"]);
        log(string.Create(CultureInfo.InvariantCulture, $"{figures["metrics-waiting"]:#,0} values waited, the process had {figures["waiting-total"]:0.0} MB then, {figures["delivering-total"]:0.0} MB at most later"));
        return
        [
            Growth("waiting", figures), Growth("waiting-heap", figures), Growth("delivering", figures), Growth("delivering-heap", figures),
            BenchmarkResult.AtLeast($"{Name}-delivery", figures["logged"] / listener.Duration.TotalSeconds, "metrics/s", LeastRate),
        ];
    }

    /// <param name="arguments">A folder, and the address where there will be a listener.</param>
    public async Task<Dictionary<string, double>> MeasureAsync(string[] arguments)
    {
        var (folder, server) = (arguments[0], new MlflowOptions { TrackingUri = new(arguments[1]) });
        var figures = new Dictionary<string, double>(StringComparer.Ordinal);
        await LoggingRun.RunAsync(Path.Combine(folder, "home"), server, async (context, cancellationToken) =>
        {
            var queue = new OutboxQueue(context.Service<TrackingStore>(), server);
            using var peak = new MemoryPeak();
            long step = 0;
            while (step < Steps)
                LoggingWork.Log(context, step++);
            step = await LogWhileAsync(context, step, () => queue.Status().Metrics < Steps * LoggingWork.MetricsPerStep, cancellationToken);
            figures["metrics-waiting"] = queue.Status().Metrics;
            Note(figures, "waiting", peak);
            peak.Forget();
            await File.WriteAllTextAsync(Path.Combine(folder, WaitingFlag), "", cancellationToken);
            step = await LogWhileAsync(context, step, () => queue.Status().Metrics > Steps, cancellationToken);
            Note(figures, "delivering", peak);
            figures["logged"] = step * LoggingWork.MetricsPerStep;
        });
        return figures;
    }

    private static async Task<long> LogWhileAsync(StageContext context, long step, Func<bool> holds, CancellationToken cancellationToken)
    {
        while (holds())
            for (var i = 0; i < BetweenLooks / Pause; i++)
            {
                LoggingWork.Log(context, step++);
                await Task.Delay(Pause, cancellationToken);
            }

        return step;
    }

    private static void Note(Dictionary<string, double> figures, string phase, MemoryPeak peak)
    {
        figures[phase] = peak.WorkingSetGrowth;
        figures[phase + "-heap"] = peak.HeapGrowth;
        figures[phase + "-total"] = peak.WorkingSet;
    }

    private BenchmarkResult Growth(string what, Dictionary<string, double> figures) => BenchmarkResult.AtMost($"{Name}-{what}", figures[what], "MB", MostMegabytes);
}
