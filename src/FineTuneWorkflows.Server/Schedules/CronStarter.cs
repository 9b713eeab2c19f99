using Elsa.Workflows;
using Elsa.Workflows.Management;
using Elsa.Workflows.Models;
using Elsa.Workflows.Runtime;
using Elsa.Workflows.Runtime.Messages;
using FineTuneWorkflows.Server.Jobs;
using FineTuneWorkflows.Server.Observability;

namespace FineTuneWorkflows.Server.Schedules;

/// <summary>Starts instances for Cron triggers: each occurrence once, whatever the number of servers, and not beside the last one unless the trigger allows it.</summary>
internal sealed class CronStarter(
    CronOccurrences occurrences, IWorkflowInstanceStore instances, ITriggerStore triggers, StageJobStore jobs, IWorkflowRuntime runtime, IIdentityGenerator ids, ILogger<CronStarter> logger)
{
    /// <summary>A trigger is due.</summary>
    public async Task DueAsync(CronTrigger trigger, DateTimeOffset occurrence, CancellationToken cancellationToken)
    {
        // Another server may have unpublished or changed the definition.
        if (!await IsPublishedAsync(trigger, cancellationToken).ConfigureAwait(false) || !await occurrences.TakeAsync(trigger, occurrence, cancellationToken).ConfigureAwait(false))
            return;
        if (trigger.Overlap != CronOverlap.Allow && await occurrences.LastInstanceAsync(trigger, cancellationToken).ConfigureAwait(false) is { } last
            && await IsAtWorkAsync(last, cancellationToken).ConfigureAwait(false))
        {
            if (trigger.Overlap == CronOverlap.Queue)
                await occurrences.WaitsAsync(trigger, cancellationToken).ConfigureAwait(false);
            logger.CronOverlaps(trigger.DefinitionId, trigger.ActivityId, last, trigger.Overlap == CronOverlap.Queue ? "starts when that is done" : "starts nothing");
            return;
        }

        await StartAsync(trigger, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Starts what waits for instances that are done meanwhile.</summary>
    public async Task StartWaitingAsync(CancellationToken cancellationToken)
    {
        foreach (var (definitionId, activityId, instanceId) in await occurrences.WaitingAsync(cancellationToken).ConfigureAwait(false))
        {
            if (await IsAtWorkAsync(instanceId, cancellationToken).ConfigureAwait(false) || !await occurrences.TakeWaitingAsync(definitionId, activityId, instanceId, cancellationToken).ConfigureAwait(false))
                continue;
            // In the version that is published now; none, where it was unpublished meanwhile.
            var published = (await triggers.FindManyAsync(new() { WorkflowDefinitionId = definitionId }, cancellationToken).ConfigureAwait(false)).FirstOrDefault(t => t.ActivityId == activityId);
            if (published is not null)
                await StartAsync(new(definitionId, published.WorkflowDefinitionVersionId, activityId, CronOverlap.Queue), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task StartAsync(CronTrigger trigger, CancellationToken cancellationToken)
    {
        var id = ids.GenerateId();
        await occurrences.StartsAsync(trigger, id, cancellationToken).ConfigureAwait(false);
        var client = await runtime.CreateClientAsync(id, cancellationToken).ConfigureAwait(false);
        await client.CreateAndRunInstanceAsync(
            new CreateAndRunWorkflowInstanceRequest { WorkflowDefinitionHandle = WorkflowDefinitionHandle.ByDefinitionVersionId(trigger.DefinitionVersionId), TriggerActivityId = trigger.ActivityId },
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> IsPublishedAsync(CronTrigger trigger, CancellationToken cancellationToken) =>
        (await triggers.FindManyAsync(new() { WorkflowDefinitionId = trigger.DefinitionId }, cancellationToken).ConfigureAwait(false))
        .Any(t => t.ActivityId == trigger.ActivityId && t.WorkflowDefinitionVersionId == trigger.DefinitionVersionId);

    // One that failed and waits for somebody to mend the cause is not at work: a schedule that stood still because of it would be noticed too late.
    private async Task<bool> IsAtWorkAsync(string instanceId, CancellationToken cancellationToken)
    {
        if (await instances.FindAsync(new() { Id = instanceId }, cancellationToken).ConfigureAwait(false) is not { Status: WorkflowStatus.Running } instance)
            return false;
        return instance.WorkflowState.Incidents.Count == 0
            || (await jobs.OfInstanceAsync(instanceId, cancellationToken).ConfigureAwait(false)).Any(j => j.Status is StageJobStatus.Queued or StageJobStatus.Running or StageJobStatus.Finished);
    }
}
