using FineTuneWorkflows.Pipelines.Contract;

namespace FineTuneWorkflows.Benchmarks.Tracking;

/// <summary>A stage that logs as a training does.</summary>
[Stage("Benchmark.Log", Description = "Logs metrics.")]
[Produces("logged")]
public sealed record LoggingStage : Stage
{
    /// <inheritdoc />
    public override async Task RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        await context.Service<LoggingWork>().RunAsync(context, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(context.Output("logged"), "done.txt"), "done\n", cancellationToken);
    }
}
