using Elsa.Workflows;
using Elsa.Workflows.Management;
using Elsa.Workflows.Runtime;
using Elsa.Workflows.Runtime.Messages;
using FineTuneWorkflows.Server.Observability;

namespace FineTuneWorkflows.Server.Jobs;

/// <summary>
/// Tells workflow instances the results of their stages by resuming the bookmarks that wait. Telling twice has no second effect; what could not be told at once is told again every few
/// seconds.
/// </summary>
internal sealed class StageDelivery(StageJobStore jobs, IServiceScopeFactory scopes, ILogger<StageDelivery> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    /// <summary>Tells the instance of a finished job.</summary>
    public async Task DeliverAsync(string jobId, CancellationToken cancellationToken)
    {
        try
        {
            if (await jobs.FindAsync(jobId, cancellationToken).ConfigureAwait(false) is not { Status: StageJobStatus.Finished } job)
                return;
            await using var scope = scopes.CreateAsyncScope();
            // By the instance's own state, not by Elsa's table of bookmarks: a crash between saving the two leaves a bookmark in one of them only.
            if (await WaitsAsync(scope.ServiceProvider, job.Request, cancellationToken).ConfigureAwait(false))
            {
                var client = await scope.ServiceProvider.GetRequiredService<IWorkflowRuntime>().CreateClientAsync(job.Request.InstanceId, cancellationToken).ConfigureAwait(false);
                await client.RunInstanceAsync(new RunWorkflowInstanceRequest { BookmarkId = jobId }, cancellationToken).ConfigureAwait(false);
            }

            // Nobody waits: the instance has the result, was cancelled, or is gone.
            if (!await WaitsAsync(scope.ServiceProvider, job.Request, cancellationToken).ConfigureAwait(false))
                await jobs.DeliveredAsync(jobId, StageJobStatus.Delivered, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            logger.DeliveryFailed(jobId, e);
        }
    }

    private static async Task<bool> WaitsAsync(IServiceProvider services, StageJobRequest request, CancellationToken cancellationToken) =>
        await services.GetRequiredService<IWorkflowInstanceStore>().FindAsync(new() { Id = request.InstanceId }, cancellationToken).ConfigureAwait(false) is { Status: WorkflowStatus.Running } instance
        && instance.WorkflowState.Bookmarks.Any(b => b.Id == request.JobId);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        var before = new HashSet<string>(StringComparer.Ordinal);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                var finished = (await jobs.InStatusAsync(StageJobStatus.Finished, stoppingToken).ConfigureAwait(false)).Select(j => j.Request.JobId).ToList();
                // One that was finished a look ago was not told by its own worker.
                foreach (var id in finished.Where(before.Contains))
                    await DeliverAsync(id, stoppingToken).ConfigureAwait(false);
                before = [.. finished];
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                logger.DeliveryFailed("(all)", e);
            }
        }
    }
}
