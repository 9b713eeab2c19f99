using Elsa.Common;
using Elsa.Scheduling;

namespace FineTuneWorkflows.Server.Schedules;

/// <summary>What the scheduler wakes up for: finds which occurrence it is, and hands it on. A timer that is early or late by a little changes nothing.</summary>
internal sealed class CronTask(CronTrigger trigger, ZonedCron cron, ISystemClock clock) : Elsa.Scheduling.ITask
{
    private static readonly TimeSpan Early = TimeSpan.FromMilliseconds(500);

    private DateTimeOffset seen = clock.UtcNow;

    public async ValueTask ExecuteAsync(TaskExecutionContext context)
    {
        if (cron.Latest(seen, clock.UtcNow + Early) is not { } occurrence)
            return;
        seen = occurrence;
        await context.ServiceProvider.GetRequiredService<CronStarter>().DueAsync(trigger, occurrence, context.CancellationToken).ConfigureAwait(false);
    }
}
