using System.Text.Json;
using Elsa.Common.Models;
using Elsa.Workflows;
using Elsa.Workflows.Management;
using Elsa.Workflows.Management.Filters;
using Elsa.Workflows.Runtime;
using Elsa.Workflows.Runtime.Entities;
using Elsa.Workflows.Runtime.Filters;
using FineTuneWorkflows.Server.Activities;
using FineTuneWorkflows.Server.Hosting;
using FineTuneWorkflows.Server.Observability;

namespace FineTuneWorkflows.Server.Jobs;

/// <summary>
/// At start-up, brings bookmarks, queue and results together again, wherever a crash left them: a bookmark whose job was never queued is queued, a job that the queue lost is scheduled, a result
/// that was not told is told, and a bookmark that nobody needs is deleted.
/// </summary>
internal sealed class StageReconciliation(StageJobStore jobs, StageQueue queue, StageDelivery delivery, IServiceScopeFactory scopes, ServerOptions options, ILogger<StageReconciliation> logger)
{
    /// <summary>Whether it is done.</summary>
    public bool IsDone { get; private set; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var queued = await QueueForgottenAsync(scope.ServiceProvider, cancellationToken).ConfigureAwait(false);
        foreach (var status in (string[])[StageJobStatus.Queued, StageJobStatus.Running])
            foreach (var job in await jobs.InStatusAsync(status, cancellationToken).ConfigureAwait(false))
                await queue.ScheduleAsync(job.Request, cancellationToken).ConfigureAwait(false);
        foreach (var job in await jobs.InStatusAsync(StageJobStatus.Finished, cancellationToken).ConfigureAwait(false))
            await delivery.DeliverAsync(job.Request.JobId, cancellationToken).ConfigureAwait(false);
        var restarted = await RestartInterruptedAsync(scope.ServiceProvider, cancellationToken).ConfigureAwait(false);
        logger.Reconciled(queued, restarted);
        IsDone = true;
    }

    private async Task<int> QueueForgottenAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var bookmarks = services.GetRequiredService<IBookmarkStore>();
        var instances = services.GetRequiredService<IWorkflowInstanceStore>();
        var queued = 0;
        foreach (var bookmark in await bookmarks.FindManyAsync(new() { Name = StageActivity.BookmarkName }, cancellationToken).ConfigureAwait(false))
        {
            var instance = await instances.FindAsync(new() { Id = bookmark.WorkflowInstanceId }, cancellationToken).ConfigureAwait(false);
            if (instance is not { Status: WorkflowStatus.Running } || instance.WorkflowState.Bookmarks.All(b => b.Id != bookmark.Id))
            {
                // The instance is over, or was not saved with this bookmark and will make another.
                await bookmarks.DeleteAsync(new BookmarkFilter { BookmarkId = bookmark.Id }, cancellationToken).ConfigureAwait(false);
                continue;
            }

            if (await jobs.FindAsync(bookmark.Id, cancellationToken).ConfigureAwait(false) is not null)
                continue;
            await queue.EnqueueAsync(JobOf(bookmark), cancellationToken).ConfigureAwait(false);
            queued++;
        }

        return queued;
    }

    // On SQLite this process is the only one, so whatever is in the midst of a burst was interrupted. With several servers Elsa's own task decides, by age.
    private async Task<int> RestartInterruptedAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        if (options.PostgreSql is not null)
            return 0;
        var restarter = services.GetRequiredService<IWorkflowRestarter>();
        var interrupted = await services.GetRequiredService<IWorkflowInstanceStore>().FindManyIdsAsync(new WorkflowInstanceFilter { IsExecuting = true }, cancellationToken).ConfigureAwait(false);
        var count = 0;
        foreach (var id in interrupted)
        {
            try
            {
                await restarter.RestartWorkflowAsync(id, cancellationToken).ConfigureAwait(false);
                count++;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                logger.RestartFailed(id, e);
            }
        }

        return count;
    }

    private static StageJobRequest JobOf(StoredBookmark bookmark)
    {
        var json = bookmark.Payload switch
        {
            StageStimulus stimulus => stimulus.Job,
            JsonElement element when element.TryGetProperty("job", out var job) => job.GetString()!,
            var other => throw new InvalidOperationException($"The bookmark {bookmark.Id} of a stage carries {other?.GetType().Name ?? "nothing"} instead of its job."),
        };
        return JsonSerializer.Deserialize(json, JobJson.Default.StageJobRequest)!;
    }
}
