namespace FineTuneWorkflows.Server.Definitions;

/// <summary>Looks at the workflows folder every two seconds: file system notifications do not come through on shared folders and in containers.</summary>
internal sealed class DefinitionWatch(DefinitionFolder folder, ILogger<DefinitionWatch> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval);
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            try
            {
                await folder.SynchronizeAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Observability.ServerLog.DefinitionRefused(logger, "(workflows folder)", e.Message);
            }
        }
    }
}
