using Elsa.Workflows;
using Elsa.Workflows.Runtime;
using Elsa.Workflows.Runtime.Distributed;

namespace FineTuneWorkflows.Server.Runtime;

/// <summary>Elsa's runtime with a lock per instance, whose clients take that lock for cancelling, too.</summary>
internal sealed class OrderedRuntime(IServiceProvider services, IIdentityGenerator ids) : DistributedWorkflowRuntime(services, ids), IWorkflowRuntime
{
    private readonly IServiceProvider services = services;
    private readonly IIdentityGenerator ids = ids;

    ValueTask<IWorkflowClient> IWorkflowRuntime.CreateClientAsync(CancellationToken cancellationToken) => new(Client(null));

    ValueTask<IWorkflowClient> IWorkflowRuntime.CreateClientAsync(string? workflowInstanceId, CancellationToken cancellationToken) => new(Client(workflowInstanceId));

    private OrderedClient Client(string? instanceId) => ActivatorUtilities.CreateInstance<OrderedClient>(services, instanceId ?? ids.GenerateId());
}
