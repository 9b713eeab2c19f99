namespace FineTuneWorkflows.Server.Jobs;

/// <summary>Looks every second whether a job was cancelled by another process, and stops it here if so.</summary>
internal sealed class CancellationWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource done = new();

    public CancellationWatch(StageJobStore jobs, string jobId, CancellationTokenSource cancellation) => _ = WatchAsync(jobs, jobId, cancellation, done.Token);

    public void Dispose()
    {
        done.Cancel();
        done.Dispose();
    }

    private static async Task WatchAsync(StageJobStore jobs, string jobId, CancellationTokenSource cancellation, CancellationToken done)
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(done).ConfigureAwait(false))
            {
                if (!await jobs.IsCancelledAsync(jobId, done).ConfigureAwait(false))
                    continue;
                await cancellation.CancelAsync().ConfigureAwait(false);
                return;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or System.Data.Common.DbException)
        {
            // The job is done, or the database is out of reach: then the fence finds out before anything is committed.
        }
    }
}
