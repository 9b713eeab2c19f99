using Elsa.Scheduling;
using Elsa.Scheduling.ScheduledTasks;

namespace FineTuneWorkflows.Server.Schedules;

/// <summary>Has Elsa's scheduler wake up at the occurrences of a <see cref="ZonedCron"/>.</summary>
internal sealed class ZonedSchedule(ZonedCron cron, string expression) : ISchedule
{
    public IScheduledTask Schedule(ScheduleContext context) => ActivatorUtilities.CreateInstance<ScheduledCronTask>(context.ServiceProvider, context.Task, expression, cron);
}
