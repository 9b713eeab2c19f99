using Cronos;
using Elsa.Common;
using Elsa.Scheduling;

namespace FineTuneWorkflows.Server.Schedules;

/// <summary>
/// A Cron expression (six fields, seconds first) in a time zone. A time that the clocks skip in spring is taken at the moment they are put forward; one that comes twice in autumn is taken the first
/// time, unless the expression repeats within the hour.
/// </summary>
internal sealed class ZonedCron : ICronParser
{
    // A timer can wait 24 days at most, so it wakes up now and then; what it wakes up for is asked with Latest.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(20);

    private readonly CronExpression expression;
    private readonly TimeZoneInfo zone;
    private readonly ISystemClock clock;

    /// <exception cref="CronFormatException">The text is no Cron expression.</exception>
    public ZonedCron(string text, TimeZoneInfo zone, ISystemClock clock)
    {
        expression = CronExpression.Parse(text, CronFormat.IncludeSeconds);
        this.zone = zone;
        this.clock = clock;
    }

    /// <summary>When to look next: at the next occurrence, or before it where that is far.</summary>
    public DateTimeOffset GetNextOccurrence(string _)
    {
        var now = clock.UtcNow;
        return Next(now) is { } next && next - now < LongestWait ? next : now + LongestWait;
    }

    /// <summary>The first occurrence after a moment; null where there is none ever.</summary>
    public DateTimeOffset? Next(DateTimeOffset after) => expression.GetNextOccurrence(after, zone);

    /// <summary>The last occurrence after one moment and not after another; null where there is none.</summary>
    public DateTimeOffset? Latest(DateTimeOffset after, DateTimeOffset until) =>
        after >= until ? null : expression.GetOccurrences(after, until, zone, fromInclusive: false, toInclusive: true).Select(o => (DateTimeOffset?)o).LastOrDefault();
}
