using Elsa.Extensions;
using Elsa.Mediator.Contracts;
using Elsa.Scheduling.Activities;
using Elsa.Workflows;
using Elsa.Workflows.Management.Notifications;

namespace FineTuneWorkflows.Server.Schedules;

/// <summary>Refuses definitions whose Cron triggers have a time zone or an overlap that does not exist.</summary>
internal sealed class CronValidation(IActivityVisitor visitor) : INotificationHandler<WorkflowDefinitionValidating>
{
    public async Task HandleAsync(WorkflowDefinitionValidating notification, CancellationToken cancellationToken)
    {
        var root = await visitor.VisitAsync(notification.Workflow.Root, cancellationToken).ConfigureAwait(false);
        foreach (var cron in root.Flatten().Select(n => n.Activity).OfType<Cron>())
        {
            try
            {
                _ = CronSettings.Of(cron);
            }
            catch (FormatException e)
            {
                notification.ValidationErrors.Add(new($"{cron.Name ?? cron.Id}: {e.Message}", cron.Id));
            }
        }
    }
}
