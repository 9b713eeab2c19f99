using FineTuneWorkflows.Pipelines.Execution;

namespace FineTuneWorkflows.Pipelines.Tests.Execution;

public class RunIdsTests
{
    [Fact]
    public void Ids_sort_as_they_were_made_even_where_the_clock_stands_still()
    {
        var clock = new StandingClock { Now = new(2026, 11, 24, 13, 0, 0, 123, TimeSpan.Zero) };

        string[] ids = [.. Enumerable.Range(0, 100).Select(_ => RunIds.Next(clock))];

        Assert.StartsWith("20261124-130000123-", ids[0], StringComparison.Ordinal);
        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        Assert.Equal(100, ids.Distinct().Count());
    }

    [Fact]
    public void A_clock_that_is_set_is_followed_forward_and_back()
    {
        var clock = new StandingClock { Now = new(2026, 11, 24, 13, 0, 0, TimeSpan.Zero) };
        RunIds.Next(clock);

        clock.Now = clock.Now.AddDays(1);
        Assert.StartsWith("20261125-130000000-", RunIds.Next(clock), StringComparison.Ordinal);
        clock.Now = clock.Now.AddHours(-2);
        Assert.StartsWith("20261125-110000000-", RunIds.Next(clock), StringComparison.Ordinal);
    }

    private sealed class StandingClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
