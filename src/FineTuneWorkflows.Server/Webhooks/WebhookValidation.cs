using Elsa.Extensions;
using Elsa.Http;
using Elsa.Mediator.Contracts;
using Elsa.Workflows;
using Elsa.Workflows.Management.Notifications;
using FineTuneWorkflows.Pipelines.Contract;

namespace FineTuneWorkflows.Server.Webhooks;

/// <summary>
/// Refuses definitions with stages whose webhook has a placeholder in its path: Elsa would serve it past <see cref="WebhookGuard"/>, so that the properties in a body would be dropped without a word
/// and a delivery that is repeated would start another run.
/// </summary>
internal sealed class WebhookValidation(IActivityVisitor visitor, StageCatalog catalog) : INotificationHandler<WorkflowDefinitionValidating>
{
    public async Task HandleAsync(WorkflowDefinitionValidating notification, CancellationToken cancellationToken)
    {
        var root = await visitor.VisitAsync(notification.Workflow.Root, cancellationToken).ConfigureAwait(false);
        var activities = root.Flatten().Select(n => n.Activity).ToList();
        if (!activities.Exists(a => catalog.Find(a.Type) is not null))
            return;
        foreach (var hook in activities.OfType<HttpEndpoint>().Where(h => h.GetCanStartWorkflow()))
            if (hook.Path?.Expression?.Value?.ToString() is { } path && path.Contains('{', StringComparison.Ordinal) && hook.Path.Expression.Type == "Literal")
                notification.ValidationErrors.Add(new(
                    $"{hook.Name ?? hook.Id}: Path '{path}' has a placeholder, which a webhook that starts stages cannot have; write a plain path and give the value in the body, as an input or a variable", hook.Id));
    }
}
