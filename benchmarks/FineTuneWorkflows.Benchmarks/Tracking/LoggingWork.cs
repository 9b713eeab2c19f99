using System.Diagnostics;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Stages;

namespace FineTuneWorkflows.Benchmarks.Tracking;

/// <summary>What the logging stage is to do, given to it as a service beside those of the product.</summary>
/// <param name="services">The product's.</param>
/// <param name="run">The work.</param>
internal sealed class LoggingWork(StageServices services, Func<StageContext, CancellationToken, Task> run) : IServiceProvider
{
    /// <summary>How many metrics a step has, as a training's.</summary>
    public const int MetricsPerStep = 10;

    private static readonly string[] Keys =
    [
        "train/loss", "train/learning_rate", "train/gradient_norm", "train/tokens_per_second", "train/padding_share",
        "validation/loss", "validation/accuracy", "validation/f1", "system/cpu_utilization_percentage", "system/system_memory_usage_megabytes",
    ];

    /// <summary>Logs a step's metrics; no two values are equal.</summary>
    public static void Log(StageContext context, long step)
    {
        var values = new KeyValuePair<string, double>[MetricsPerStep];
        for (var i = 0; i < values.Length; i++)
            values[i] = new(Keys[i], Math.Sin(step) + i);
        context.LogMetrics(values, step);
    }

    /// <summary>Computes for a while, then logs a step.</summary>
    /// <returns>How long the logging took, in milliseconds.</returns>
    public static double LogTimed(StageContext context, long step, TimeSpan computing)
    {
        var begin = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begin) < computing)
            Thread.SpinWait(10);
        begin = Stopwatch.GetTimestamp();
        Log(context, step);
        return Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
    }

    /// <summary>Does the work.</summary>
    public Task RunAsync(StageContext context, CancellationToken cancellationToken) => run(context, cancellationToken);

    /// <inheritdoc />
    public object? GetService(Type serviceType) => serviceType == typeof(LoggingWork) ? this : services.GetService(serviceType);
}
