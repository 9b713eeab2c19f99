using Elsa.Common;
using Elsa.Scheduling;
using Elsa.Scheduling.Activities;
using Elsa.Scheduling.Services;
using Elsa.Workflows.Management;
using FineTuneWorkflows.Server.Observability;

namespace FineTuneWorkflows.Server.Schedules;

/// <summary>Elsa's scheduler, but for Cron triggers, which heed their time zone and do not overlap themselves.</summary>
internal sealed class CronScheduler(DefaultWorkflowScheduler inner, IScheduler scheduler, IWorkflowDefinitionService definitions, ISystemClock clock, ILogger<CronScheduler> logger) : IWorkflowScheduler
{
    public async ValueTask ScheduleCronAsync(string taskName, ScheduleNewWorkflowInstanceRequest request, string cronExpression, CancellationToken cancellationToken = default)
    {
        var graph = await definitions.FindWorkflowGraphAsync(request.WorkflowDefinitionHandle, cancellationToken).ConfigureAwait(false);
        if (graph?.Nodes.Select(n => n.Activity).OfType<Cron>().FirstOrDefault(a => a.Id == request.TriggerActivityId) is not { } activity)
        {
            await inner.ScheduleCronAsync(taskName, request, cronExpression, cancellationToken).ConfigureAwait(false);
            return;
        }

        var identity = graph.Workflow.Identity;
        try
        {
            var settings = CronSettings.Of(activity);
            var cron = new ZonedCron(cronExpression, settings.Zone, clock);
            var task = new CronTask(new(identity.DefinitionId, identity.Id, activity.Id, settings.Overlap), cron, clock);
            await scheduler.ScheduleAsync(taskName, task, new ZonedSchedule(cron, cronExpression), cancellationToken).ConfigureAwait(false);
        }
        catch (FormatException e)
        {
            // Published by an earlier version, which did not look; nothing else of the definition is hurt.
            logger.CronRefused(identity.DefinitionId, activity.Id, e.Message);
        }
    }

    public ValueTask ScheduleCronAsync(string taskName, ScheduleExistingWorkflowInstanceRequest request, string cronExpression, CancellationToken cancellationToken = default) =>
        inner.ScheduleCronAsync(taskName, request, cronExpression, cancellationToken);

    public ValueTask ScheduleAtAsync(string taskName, ScheduleNewWorkflowInstanceRequest request, DateTimeOffset at, CancellationToken cancellationToken = default) =>
        inner.ScheduleAtAsync(taskName, request, at, cancellationToken);

    public ValueTask ScheduleAtAsync(string taskName, ScheduleExistingWorkflowInstanceRequest request, DateTimeOffset at, CancellationToken cancellationToken = default) =>
        inner.ScheduleAtAsync(taskName, request, at, cancellationToken);

    public ValueTask ScheduleRecurringAsync(string taskName, ScheduleNewWorkflowInstanceRequest request, DateTimeOffset startAt, TimeSpan interval, CancellationToken cancellationToken = default) =>
        inner.ScheduleRecurringAsync(taskName, request, startAt, interval, cancellationToken);

    public ValueTask ScheduleRecurringAsync(string taskName, ScheduleExistingWorkflowInstanceRequest request, DateTimeOffset startAt, TimeSpan interval, CancellationToken cancellationToken = default) =>
        inner.ScheduleRecurringAsync(taskName, request, startAt, interval, cancellationToken);

    public ValueTask UnscheduleAsync(string taskName, CancellationToken cancellationToken = default) => inner.UnscheduleAsync(taskName, cancellationToken);
}
