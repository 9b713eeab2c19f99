using System.Collections.Concurrent;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Server.Data;
using FineTuneWorkflows.Server.Hosting;
using FineTuneWorkflows.Server.Security;
using FineTuneWorkflows.Server.Security.Sessions;
using FineTuneWorkflows.Server.Tests.Support;

namespace FineTuneWorkflows.Server.Tests.Hosting;

/// <summary>Servers that start at the same time on one new database.</summary>
public class StartTogetherTests
{
    private const int Servers = 4;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Servers_that_start_together_make_the_tables_once_and_tell_one_password_and_one_key_that_all_of_them_take(bool onPostgreSql)
    {
        await using var postgreSql = onPostgreSql ? await PostgreSqlServer.TryStartAsync() : null;
        Assert.SkipWhen(onPostgreSql && postgreSql is null, "PostgreSQL's initdb and pg_ctl are not installed on this machine");
        using var folder = new TestFolder();
        var options = new ServerOptions { Home = Home.Open(folder.Home), WorkflowsFolder = folder.Workflows };
        var databases = Enumerable.Range(0, Servers).Select(_ => new ServerDatabase(postgreSql?.ConnectionString, Path.Combine(folder.Path, "server.db"))).ToList();
        if (!onPostgreSql)
            await databases[0].CreateAsync(CancellationToken.None);
        var told = new ConcurrentBag<(string What, string Secret)>();
        using var together = new Barrier(Servers);

        var stores = await Task.WhenAll(databases.Select(database => Task.Factory.StartNew(
            async () =>
            {
                var store = new SecretStore(database, options, new SessionStore(database, TimeProvider.System), TimeProvider.System);
                together.SignalAndWait();
                await database.CreateAsync(CancellationToken.None);
                await store.LoadAsync((what, secret) => told.Add((what, secret)), CancellationToken.None);
                return store;
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));

        Assert.Equal(["API key", "Password of admin"], told.Select(t => t.What).Order(StringComparer.Ordinal));
        Assert.All(stores, store => Assert.True(store.IsPassword(told.Single(t => t.What == "Password of admin").Secret)));
        Assert.All(stores, store => Assert.True(store.IsKey(told.Single(t => t.What == "API key").Secret)));
        foreach (var database in databases)
            await database.DisposeAsync();
    }
}
