using System.Globalization;
using Elsa.Common;
using FineTuneWorkflows.Server.Schedules;

namespace FineTuneWorkflows.Server.Tests.Schedules;

public class ZonedCronTests
{
    private const string Nightly = "0 30 2 * * *";

    [Theory]
    // Winter and summer.
    [InlineData(Nightly, "2026-01-10T12:00Z", "2026-01-11T01:30Z")]
    [InlineData(Nightly, "2026-07-10T12:00Z", "2026-07-11T00:30Z")]
    // 02:30 is skipped on 29 March: it is taken when the clocks are put forward, 02:00 to 03:00, and the next day as ever.
    [InlineData(Nightly, "2026-03-28T12:00Z", "2026-03-29T01:00Z")]
    [InlineData(Nightly, "2026-03-29T01:00Z", "2026-03-30T00:30Z")]
    // 02:30 comes twice on 25 October: it is taken the first time only.
    [InlineData(Nightly, "2026-10-24T12:00Z", "2026-10-25T00:30Z")]
    [InlineData(Nightly, "2026-10-25T00:30Z", "2026-10-26T01:30Z")]
    // What repeats within the hour goes on through both.
    [InlineData("0 */30 * * * *", "2026-10-25T00:30Z", "2026-10-25T01:00Z")]
    public void An_expression_is_meant_in_its_time_zone(string expression, string after, string expected) =>
        Assert.Equal(Time(expected), Berlin(expression, Time(after)).Next(Time(after)));

    [Fact]
    public void A_far_occurrence_is_waited_for_in_steps_that_a_timer_can_wait()
    {
        var now = Time("2026-01-02T00:00Z");

        Assert.Equal(now.AddDays(20), Berlin("0 0 0 1 12 *", now).GetNextOccurrence(""));
        Assert.Null(Berlin("0 0 0 1 12 *", now).Latest(now, now.AddDays(20)));
        Assert.Equal(now.AddDays(20), Berlin("0 0 0 30 2 *", now).GetNextOccurrence(""));
    }

    [Fact]
    public void The_latest_occurrence_is_found_however_many_were_missed()
    {
        var cron = Berlin(Nightly, default);

        Assert.Equal(Time("2026-01-13T01:30Z"), cron.Latest(Time("2026-01-10T01:30Z"), Time("2026-01-13T01:30Z")));
        Assert.Null(cron.Latest(Time("2026-01-10T01:30Z"), Time("2026-01-11T01:29Z")));
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static ZonedCron Berlin(string expression, DateTimeOffset now) => new(expression, TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"), new Clock(now));

    private sealed class Clock(DateTimeOffset now) : ISystemClock
    {
        public DateTimeOffset UtcNow => now;
    }
}
