using System.Diagnostics;
using System.Globalization;
using FineTuneWorkflows.Benchmarks.Harness;
using FineTuneWorkflows.Tracking.Mlflow;
using FineTuneWorkflows.Tracking.Outbox;

namespace FineTuneWorkflows.Benchmarks.Tracking;

/// <summary>
/// 100,000 metrics, 10,000 steps of ten, logged by a stage with <c>StageContext.LogMetrics</c> and taken on as the command takes them: journal, recorder, outbox, shipper, and over HTTP to a listener in another
/// process. Cost: what the call takes on the stage's own thread, which computes for half a millisecond before each, so that recording and delivery go on meanwhile. Delivery: the same without computing, from
/// the first call until the server has confirmed the last value; and a full outbox that only has to be emptied. Each measurement has a process of its own; the medians count, and of the longest calls the longest.
/// Python's client logs the same to the same kind of listener, where it is at hand.
/// </summary>
internal sealed class TrackingBenchmark : IBenchmark, IFreshProcess
{
    private const int Steps = 10_000;
    private const int Repetitions = 3;
    private const double MostMilliseconds = 1;
    private const double LeastRate = 20_000;

    private static readonly TimeSpan Computing = TimeSpan.FromMilliseconds(0.5);

    public string Name => "tracking";

    public async Task<IReadOnlyList<BenchmarkResult>> RunAsync(Action<string> log)
    {
        var (cost, burst, outbox) = (new List<Dictionary<string, double>>(), new List<Dictionary<string, double>>(), new List<Dictionary<string, double>>());
        for (var i = 0; i < Repetitions; i++)
        {
            cost.Add(await MeasureAsync("computing"));
            burst.Add(await MeasureAsync("burst"));
            outbox.Add(await MeasureAsync("outbox"));
        }

        Dictionary<string, double>? asynchronous = null, synchronous = null;
        if (PythonClient.IsAtHand)
        {
            log("Python's client");
            synchronous = await PythonClient.MeasureAsync(Steps, "sync");
            asynchronous = await PythonClient.MeasureAsync(Steps, "async");
        }

        foreach (var figure in (string[])["mean", "p99", "max"])
            log($"a step's call, {figure}, ms:              {cost.ConvertAll(m => m[figure]).Spread()}");
        log($"logged to delivered, metrics/s:        {burst.ConvertAll(m => m["rate"]).Spread()}");
        log($"delivery of a full outbox, metrics/s:  {outbox.ConvertAll(m => m["rate"]).Spread()}");

        (string Name, double? Value) Rival(string figure, string unit) => asynchronous is null || synchronous is null
            ? (PythonClient.NotAtHand, null)
            : (string.Create(CultureInfo.InvariantCulture, $"Python's client, asynchronous (synchronous: {synchronous[figure]:G4} {unit})"), asynchronous[figure]);
        BenchmarkResult Cost(string figure, double value) => BenchmarkResult.AtMost($"{Name}-step-{figure}", value, "ms", MostMilliseconds, Rival(figure, "ms"));
        BenchmarkResult Rate(string what, List<Dictionary<string, double>> measured) =>
            BenchmarkResult.AtLeast($"{Name}-{what}", measured.ConvertAll(m => m["rate"]).Median(), "metrics/s", LeastRate, Rival("rate", "metrics/s"));
        return
        [
            Cost("mean", cost.ConvertAll(m => m["mean"]).Median()), Cost("p99", cost.ConvertAll(m => m["p99"]).Median()), Cost("max", cost.Max(m => m["max"])),
            Rate("delivery", burst), Rate("full-outbox", outbox),
        ];
    }

    /// <param name="arguments">What to measure, and the listener's address.</param>
    public async Task<Dictionary<string, double>> MeasureAsync(string[] arguments)
    {
        var (what, server) = (arguments[0], new MlflowOptions { TrackingUri = new(arguments[1]) });
        using var scratch = new ScratchFolder();
        var calls = new double[Steps];
        long begin = 0;
        await LoggingRun.RunAsync(scratch.Under("home"), what == "outbox" ? null : server, (context, _) =>
        {
            begin = Stopwatch.GetTimestamp();
            for (var step = 0; step < Steps; step++)
                calls[step] = LoggingWork.LogTimed(context, step, what == "computing" ? Computing : TimeSpan.Zero);
            return Task.CompletedTask;
        });
        if (what == "outbox")
        {
            begin = Stopwatch.GetTimestamp();
            await using var shipper = OutboxShipper.Start(scratch.Under("home", "state.db"), server);
            if (!(await shipper.FlushAsync(TimeSpan.FromMinutes(2))).IsDelivered)
                throw new BenchmarkException($"the outbox was not delivered: {shipper.LastFault}");
        }

        var seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        Array.Sort(calls);
        return new() { ["mean"] = calls.Average(), ["p99"] = calls[(Steps * 99 / 100) - 1], ["max"] = calls[^1], ["rate"] = Steps * LoggingWork.MetricsPerStep / seconds };
    }

    private async Task<Dictionary<string, double>> MeasureAsync(string what)
    {
        using var listener = new MetricListener();
        listener.Start();
        var figures = await this.InFreshProcessAsync(what, listener.Uri.ToString());
        Arrivals.Check(listener, Steps * LoggingWork.MetricsPerStep);
        return figures;
    }
}
