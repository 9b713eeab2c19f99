using System.Collections.Concurrent;
using Elsa.Workflows.Management;
using Elsa.Workflows.Models;
using Elsa.Workflows.Runtime;
using Elsa.Workflows.Runtime.Entities;
using Elsa.Workflows.Runtime.Messages;
using FineTuneWorkflows.Server.Activities;

namespace FineTuneWorkflows.Server.Webhooks;

/// <summary>Starts instances for webhooks: under an id that is known before, so that a delivery repeated after a crash starts the same one.</summary>
internal sealed class WebhookStarter
{
    // Bursts are short and write to one database; more at once would only wait there.
    private const int AtOnce = 8;

    // What Elsa's own middleware hands to an HTTP endpoint.
    private const string ContextInput = "HttpContext";
    private const string PathInput = "Path";

    private readonly SemaphoreSlim places = new(AtOnce);
    private readonly ConcurrentDictionary<string, Lazy<Task>> starting = new(StringComparer.Ordinal);

    /// <summary>Starts an instance unless there is one of that id.</summary>
    public async Task StartAsync(IServiceProvider services, string instanceId, StoredTrigger trigger, string path, WebhookInputs inputs)
    {
        var start = starting.GetOrAdd(instanceId, _ => new(() => RunAsync(services, instanceId, trigger, path, inputs)));
        try
        {
            await start.Value.ConfigureAwait(false);
        }
        finally
        {
            starting.TryRemove(KeyValuePair.Create(instanceId, start));
        }
    }

    // Not cancelled when the caller hangs up: what has begun is saved.
    private async Task RunAsync(IServiceProvider services, string instanceId, StoredTrigger trigger, string path, WebhookInputs inputs)
    {
        await places.WaitAsync().ConfigureAwait(false);
        try
        {
            if (await services.GetRequiredService<IWorkflowInstanceStore>().FindAsync(new() { Id = instanceId }).ConfigureAwait(false) is not null)
                return;
            var client = await services.GetRequiredService<IWorkflowRuntime>().CreateClientAsync(instanceId).ConfigureAwait(false);
            await client.CreateAndRunInstanceAsync(new CreateAndRunWorkflowInstanceRequest
            {
                WorkflowDefinitionHandle = WorkflowDefinitionHandle.ByDefinitionVersionId(trigger.WorkflowDefinitionVersionId),
                TriggerActivityId = trigger.ActivityId,
                Properties = GivenProperties.Carry(inputs.Variables),
                Input = new Dictionary<string, object>(inputs.Inputs) { [ContextInput] = true, [PathInput] = path },
            }).ConfigureAwait(false);
        }
        finally
        {
            places.Release();
        }
    }
}
