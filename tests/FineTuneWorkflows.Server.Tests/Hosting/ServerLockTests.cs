using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Server.Hosting;
using FineTuneWorkflows.Server.Tests.Support;

namespace FineTuneWorkflows.Server.Tests.Hosting;

public class ServerLockTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("Host=any")]
    public void A_lock_file_that_cannot_be_opened_is_said_and_is_no_other_server(string? postgreSql)
    {
        if (OperatingSystem.IsWindows())
            return;
        using var folder = new TestFolder();
        var options = new ServerOptions { Home = Home.Open(folder.Home), WorkflowsFolder = folder.Home, PostgreSql = postgreSql };
        Directory.CreateDirectory(options.NodeLocks);
        ServerLock.Take(options).Dispose();
        var path = Directory.GetFiles(options.StateFolder, "*.lock", SearchOption.AllDirectories).Single();
        File.Delete(path);
        // A link to itself fails like a full disk does: with an IOException of no type of its own.
        File.CreateSymbolicLink(path, path);

        var error = Assert.Throws<ServerException>(() => ServerLock.Take(options));

        Assert.StartsWith($"the server's lock in the home {options.Home.Root} cannot be taken: ", error.Message, StringComparison.Ordinal);
        File.Delete(path);
        ServerLock.Take(options).Dispose();
    }
}
