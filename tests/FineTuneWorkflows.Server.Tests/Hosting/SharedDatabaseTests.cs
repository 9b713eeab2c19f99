using FineTuneWorkflows.Server.Tests.Support;

namespace FineTuneWorkflows.Server.Tests.Hosting;

public class SharedDatabaseTests
{
    [Fact]
    public async Task Servers_on_one_PostgreSQL_need_one_home_and_a_name_each()
    {
        await using var postgreSql = await PostgreSqlServer.TryStartAsync();
        Assert.SkipWhen(postgreSql is null, "PostgreSQL's initdb and pg_ctl are not installed on this machine");
        using var folder = new TestFolder();
        using var other = new TestFolder();
        string[] settings = ["--postgresql", postgreSql!.ConnectionString];
        await using var first = await ServerProcess.StartAsync(folder, settings);

        var separate = await Assert.ThrowsAsync<InvalidOperationException>(() => ServerProcess.StartAsync(other, [.. settings, "--node-id", "second"]));
        var sameName = await Assert.ThrowsAsync<InvalidOperationException>(() => ServerProcess.StartAsync(folder, settings));
        await using (var second = await ServerProcess.StartAsync(folder, [.. settings, "--node-id", "second"]))
        {
            await second.Client.PublishAsync(TestDefinitions.Chain("shared"));
            await second.Client.UntilFinishedAsync(await second.Client.DispatchAsync("shared"));
        }

        await first.KillAsync();
        await using (var again = await ServerProcess.StartAsync(folder, settings))
            Assert.Contains("Now listening", again.Output, StringComparison.Ordinal);
        await using (var moved = await ServerProcess.StartAsync(other, [.. settings, "--replace-home", "true"]))
            Assert.Contains("Now listening", moved.Output, StringComparison.Ordinal);
        var gone = await Assert.ThrowsAsync<InvalidOperationException>(() => ServerProcess.StartAsync(folder, settings));

        Assert.Contains($"belongs to the home {folder.Home} of {Environment.MachineName}, and this server's home {other.Home} is another", separate.Message, StringComparison.Ordinal);
        Assert.Contains("is called 'server' (process ", sameName.Message, StringComparison.Ordinal);
        Assert.Contains("give each server a name of its own with --node-id", sameName.Message, StringComparison.Ordinal);
        Assert.Contains($"belongs to the home {other.Home}", gone.Message, StringComparison.Ordinal);
    }
}
