using FineTuneWorkflows.Server.Observability;

namespace FineTuneWorkflows.Server.Schedules;

/// <summary>Looks every few seconds whether what a queued start waits for is done.</summary>
internal sealed class CronWaiting(IServiceScopeFactory scopes, ILogger<CronWaiting> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                await scope.ServiceProvider.GetRequiredService<CronStarter>().StartWaitingAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                logger.CronWaitFailed(e);
            }
        }
    }
}
