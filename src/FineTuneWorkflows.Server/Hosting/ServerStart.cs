using FineTuneWorkflows.Server.Jobs;

namespace FineTuneWorkflows.Server.Hosting;

/// <summary>What happens once the web server listens and Elsa has its tables: what a crash left open is brought together again.</summary>
internal sealed class ServerStart(IHostApplicationLifetime lifetime, StageReconciliation reconciliation) : BackgroundService
{
    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var onStarted = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken).ConfigureAwait(false);
        await reconciliation.RunAsync(stoppingToken).ConfigureAwait(false);
    }
}
