using FineTuneWorkflows.Server.Definitions;
using FineTuneWorkflows.Server.Jobs;

namespace FineTuneWorkflows.Server.Hosting;

/// <summary>
/// What happens once the web server listens and Elsa has its tables: the definitions of the workflows folder are published, what a crash left open is brought together again, and the folder is
/// watched from then on.
/// </summary>
internal sealed class ServerStart(IHostApplicationLifetime lifetime, DefinitionFolder definitions, DefinitionWatch watch, StageReconciliation reconciliation) : BackgroundService
{
    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var onStarted = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken).ConfigureAwait(false);
        await definitions.SynchronizeAsync(stoppingToken).ConfigureAwait(false);
        await reconciliation.RunAsync(stoppingToken).ConfigureAwait(false);
        await watch.RunAsync(stoppingToken).ConfigureAwait(false);
    }
}
