using Elsa.Common.DistributedHosting;
using Elsa.Resilience;
using Elsa.Workflows.Runtime;
using Elsa.Workflows.Runtime.Distributed;
using Medallion.Threading;
using Microsoft.Extensions.Options;

namespace FineTuneWorkflows.Server.Runtime;

/// <summary>
/// Cancels under the instance's lock. Elsa's own client cancels without it: a stage's result that arrives at that moment would be saved over the cancellation, and the instance would go on.
/// </summary>
internal sealed class OrderedClient(
    string workflowInstanceId, IDistributedLockProvider locks, ITransientExceptionDetector transients, IOptions<DistributedLockingOptions> options, IServiceProvider services,
    ILogger<DistributedWorkflowClient> logger)
    : DistributedWorkflowClient(workflowInstanceId, locks, transients, options, services, logger), IWorkflowClient
{
    private readonly IDistributedLockProvider locks = locks;
    private readonly TimeSpan patience = options.Value.LockAcquisitionTimeout;

    async Task IWorkflowClient.CancelAsync(CancellationToken cancellationToken)
    {
        // The name under which Elsa locks an instance.
        await using var held = await locks.AcquireLockAsync($"workflow-instance:{WorkflowInstanceId}", patience, cancellationToken).ConfigureAwait(false);
        await CancelAsync(cancellationToken).ConfigureAwait(false);
    }
}
