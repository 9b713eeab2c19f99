using System.Net;
using FineTuneWorkflows.Server.Security.Login;

namespace FineTuneWorkflows.Server.Tests.Security;

public class LoginAttemptsTests
{
    private static readonly IPAddress Home = IPAddress.Parse("192.0.2.1");

    private readonly Clock clock = new();
    private readonly LoginAttempts attempts;

    public LoginAttemptsTests() => attempts = new(clock);

    [Fact]
    public void After_five_failures_an_address_waits_until_the_first_is_old_and_others_do_not()
    {
        for (var i = 0; i < LoginAttempts.MostPerAddress; i++, clock.Pass(TimeSpan.FromMinutes(1)))
            Assert.Null(attempts.Enter("admin", Home));

        Assert.Equal(LoginAttempts.Window - TimeSpan.FromMinutes(5), attempts.Enter("admin", Home));
        Assert.Null(attempts.Enter("admin", IPAddress.Parse("192.0.2.2")));
        clock.Pass(LoginAttempts.Window - TimeSpan.FromMinutes(5));
        Assert.Null(attempts.Enter("admin", Home));
    }

    [Fact]
    public void A_success_forgives_the_failures_before_it()
    {
        for (var i = 0; i < 3 * LoginAttempts.MostPerAddress; i++)
        {
            Assert.Null(attempts.Enter("admin", Home));
            if (i % 3 == 2)
                attempts.Succeeded("admin", Home);
        }
    }

    [Fact]
    public void Many_addresses_together_exhaust_an_account_but_do_not_shut_out_who_logged_in_from_where_they_are()
    {
        Assert.Null(attempts.Enter("admin", Home));
        attempts.Succeeded("admin", Home);
        var let = Enumerable.Range(1, 100).Count(i => attempts.Enter("admin", IPAddress.Parse($"198.51.100.{i}")) is null);

        // The one that succeeded counts among the account's, too.
        Assert.Equal(LoginAttempts.MostPerAccount - 1, let);
        Assert.Null(attempts.Enter("admin", Home));
    }

    [Fact]
    public void The_addresses_of_one_IPv6_network_count_as_one_and_an_IPv4_address_is_the_same_in_both_writings()
    {
        for (var i = 0; i < LoginAttempts.MostPerAddress; i++)
            Assert.Null(attempts.Enter("admin", IPAddress.Parse($"2001:db8:0:1::{i + 1}")));
        Assert.NotNull(attempts.Enter("admin", IPAddress.Parse("2001:db8:0:1:ffff::1")));
        Assert.Null(attempts.Enter("admin", IPAddress.Parse("2001:db8:0:2::1")));
        for (var i = 0; i < LoginAttempts.MostPerAddress; i++)
            Assert.Null(attempts.Enter("admin", i % 2 == 0 ? Home : Home.MapToIPv6()));
        Assert.NotNull(attempts.Enter("admin", Home));
    }

    [Fact]
    public void An_address_that_tries_many_accounts_is_bounded_and_shuts_out_nobody_else()
    {
        var let = Enumerable.Range(0, 20_000).Count(i => attempts.Enter($"nobody-{i}", Home) is null);

        Assert.Equal(LoginAttempts.MostPerAddress, let);
        Assert.Null(attempts.Enter("admin", IPAddress.Parse("192.0.2.2")));
    }

    private sealed class Clock : TimeProvider
    {
        private DateTimeOffset now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => now;

        public void Pass(TimeSpan time) => now += time;
    }
}
