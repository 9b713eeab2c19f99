using System.Net;
using System.Net.Http.Headers;
using FineTuneWorkflows.Foundation.Retries;

namespace FineTuneWorkflows.Foundation.Tests.Retries;

public sealed class BackoffTests
{
    private static readonly DateTimeOffset Now = new(2026, 12, 1, 4, 0, 0, TimeSpan.Zero);

    private readonly Backoff backoff = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(6, 32)]
    [InlineData(7, 60)]
    [InlineData(int.MaxValue, 60)]
    public void The_wait_doubles_with_each_failure_up_to_the_longest(int failures, double seconds) => Assert.Equal(seconds, backoff.After(failures).TotalSeconds);

    [Fact]
    public void Nothing_overflows() => Assert.Equal(TimeSpan.MaxValue, new Backoff(TimeSpan.FromDays(10_000), TimeSpan.MaxValue).After(1000));

    [Fact]
    public void Without_a_first_wait_there_is_none() => Assert.Equal(TimeSpan.Zero, new Backoff(TimeSpan.Zero, TimeSpan.FromSeconds(60)).Spread(9));

    [Fact]
    public void A_spread_wait_is_half_of_it_to_all_of_it()
    {
        var waits = Enumerable.Range(0, 1000).Select(_ => backoff.Spread(3).TotalSeconds).ToList();
        Assert.All(waits, wait => Assert.InRange(wait, 2, 4));
        Assert.True(waits.Distinct().Count() > 900);
    }

    [Fact]
    public void What_the_server_asks_for_is_the_least()
    {
        Assert.Equal(TimeSpan.FromSeconds(200), backoff.Spread(1, TimeSpan.FromSeconds(200)));
        Assert.InRange(backoff.Spread(3, TimeSpan.FromSeconds(1)).TotalSeconds, 2, 4);
    }

    [Theory]
    [InlineData("7", null, 7)]
    [InlineData("0", null, 0)]
    [InlineData("86400", null, 300)]
    [InlineData("Tue, 01 Dec 2026 04:00:09 GMT", null, 9)]
    [InlineData("Tue, 01 Dec 2026 03:00:00 GMT", null, 0)]
    // A server whose clock is an hour behind asks for ten seconds.
    [InlineData("Tue, 01 Dec 2026 03:00:10 GMT", "Tue, 01 Dec 2026 03:00:00 GMT", 10)]
    public void Retry_After_is_read_as_seconds_or_as_a_date(string header, string? date, double seconds)
    {
        var headers = Headers();
        headers.TryAddWithoutValidation("Retry-After", header);
        if (date is not null)
            headers.TryAddWithoutValidation("Date", date);
        Assert.Equal(seconds, RetryAfter.Of(headers, Now)?.TotalSeconds);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("soon")]
    public void Without_a_readable_header_nothing_is_asked_for(string? header)
    {
        var headers = Headers();
        if (header is not null)
            headers.TryAddWithoutValidation("Retry-After", header);
        Assert.Null(RetryAfter.Of(headers, Now));
    }

    [Theory]
    [InlineData(408, true)]
    [InlineData(425, true)]
    [InlineData(429, true)]
    [InlineData(500, true)]
    [InlineData(503, true)]
    [InlineData(522, true)]
    [InlineData(200, false)]
    [InlineData(404, false)]
    [InlineData(501, false)]
    [InlineData(505, false)]
    public void Faults_that_may_pass_are_worth_another_try(int status, bool worth) => Assert.Equal(worth, TransientStatus.IsWorthRetrying((HttpStatusCode)status));

    private static HttpResponseHeaders Headers() => new HttpResponseMessage().Headers;
}
