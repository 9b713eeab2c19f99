using Elsa.Mediator.Contracts;
using Elsa.Workflows;
using Elsa.Workflows.Notifications;
using Elsa.Workflows.Runtime.Notifications;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Journals;
using FineTuneWorkflows.Server.Activities;

namespace FineTuneWorkflows.Server.Jobs;

/// <summary>Cancels the stages of cancelled instances, and ends the runs of finished ones in the home's journals.</summary>
internal sealed class InstanceHandlers(StageWorker worker, StageJobStore jobs, RunSessions sessions) : INotificationHandler<WorkflowCancelled>, INotificationHandler<WorkflowFinished>
{
    public async Task HandleAsync(WorkflowCancelled notification, CancellationToken cancellationToken)
    {
        await worker.CancelAsync(notification.WorkflowInstanceId, cancellationToken).ConfigureAwait(false);
        await FinishAsync(notification.WorkflowInstanceId, RunStatus.Cancelled, cancellationToken).ConfigureAwait(false);
    }

    public async Task HandleAsync(WorkflowFinished notification, CancellationToken cancellationToken)
    {
        var status = notification.WorkflowState.SubStatus switch
        {
            WorkflowSubStatus.Cancelled => RunStatus.Cancelled,
            WorkflowSubStatus.Faulted => RunStatus.Failed,
            _ => RunStatus.Succeeded,
        };
        await FinishAsync(notification.WorkflowState.Id, status, cancellationToken).ConfigureAwait(false);
    }

    private async Task FinishAsync(string instanceId, RunStatus status, CancellationToken cancellationToken)
    {
        var all = await jobs.OfInstanceAsync(instanceId, cancellationToken).ConfigureAwait(false);
        if (all.Count == 0)
            return;
        // Of a stage that was retried the last job counts.
        var stages = all
            .GroupBy(j => j.Request.ActivityId, StringComparer.Ordinal)
            .Select(g => g.Last())
            .Select(j => new RunSummary.Stage(
                j.Request.Stage, j.Request.StageType, (j.Result?.Outcome ?? StageOutcome.Cancelled).Name(), j.Result?.Seconds ?? 0, j.Result?.Reason ?? "cancelled",
                j.Result?.Artifacts ?? new Dictionary<string, string>()))
            .ToList();
        await using var session = sessions.Open(all[0].Request, null);
        session.Run.Finish(status, stages);
    }
}
