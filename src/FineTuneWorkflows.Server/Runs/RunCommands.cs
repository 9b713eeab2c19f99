using Elsa.Alterations.AlterationTypes;
using Elsa.Alterations.Core.Contracts;
using Elsa.Workflows;
using Elsa.Workflows.Management;
using Elsa.Workflows.Runtime;
using Elsa.Workflows.Runtime.Messages;
using Medallion.Threading;

namespace FineTuneWorkflows.Server.Runs;

/// <summary>What a user does with a workflow instance.</summary>
internal sealed class RunCommands(
    IWorkflowInstanceStore instances, IAlterationRunner alterations, IWorkflowRuntime runtime, IWorkflowCancellationService cancellation, IDistributedLockProvider locks)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Runs the failed stages of an instance again; all that is done above them is kept.</summary>
    /// <returns>The names of the stages that run again; null where there is no such instance.</returns>
    public async Task<IReadOnlyList<string>?> RetryAsync(string instanceId, CancellationToken cancellationToken)
    {
        // One at a time, each seeing what the one before did: Elsa would start an instance with nothing scheduled from the beginning.
        await using var alone = await locks.AcquireLockAsync($"finetune-retry:{instanceId}", Patience, cancellationToken).ConfigureAwait(false);
        if (await instances.FindAsync(new() { Id = instanceId }, cancellationToken).ConfigureAwait(false) is not { } instance)
            return null;
        // Of several executions of one activity only the last can have failed for good.
        var failed = instance.WorkflowState.ActivityExecutionContexts
            .Where(c => c.Status == ActivityStatus.Faulted)
            .GroupBy(c => c.ScheduledActivityNodeId, StringComparer.Ordinal)
            .Select(g => g.OrderBy(c => c.StartedAt).Last())
            .ToList();
        var incidents = instance.WorkflowState.Incidents.Select(i => i.ActivityId).ToHashSet(StringComparer.Ordinal);
        failed = [.. failed.Where(c => incidents.Contains(IdOf(c.ScheduledActivityNodeId)))];
        if (instance.Status != WorkflowStatus.Running || failed.Count == 0)
            return [];
        var results = await alterations.RunAsync([instanceId], [.. failed.Select(c => new ScheduleActivity { ActivityInstanceId = c.Id })], cancellationToken).ConfigureAwait(false);
        if (!results.All(r => r is { IsSuccessful: true, WorkflowHasScheduledWork: true }))
            return [];
        var client = await runtime.CreateClientAsync(instanceId, cancellationToken).ConfigureAwait(false);
        await client.RunInstanceAsync(new RunWorkflowInstanceRequest(), cancellationToken).ConfigureAwait(false);
        return [.. failed.Select(c => IdOf(c.ScheduledActivityNodeId))];
    }

    /// <summary>Cancels an instance; a running stage stops at its next whole step and keeps its checkpoint.</summary>
    /// <returns>Whether there was anything to cancel.</returns>
    public Task<bool> CancelAsync(string instanceId, CancellationToken cancellationToken) => cancellation.CancelWorkflowAsync(instanceId, cancellationToken);

    private static string IdOf(string nodeId) => nodeId[(nodeId.LastIndexOf(':') + 1)..];
}
