using FineTuneWorkflows.Server.Tests.Support;

namespace FineTuneWorkflows.Server.Tests.Schedules;

/// <summary>A server with room for several stages at work, so that those of one test hold up no other's.</summary>
public sealed class CronServer : IAsyncLifetime
{
    private readonly TestFolder folder = new();
    private ServerProcess? server;

    internal ServerProcess Server => server!;

    public async ValueTask InitializeAsync() => server = await ServerProcess.StartAsync(folder, "--cpu-jobs", "8");

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
        folder.Dispose();
    }
}
