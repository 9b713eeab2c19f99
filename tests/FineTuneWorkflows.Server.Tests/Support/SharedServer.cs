namespace FineTuneWorkflows.Server.Tests.Support;

/// <summary>One server for all tests that only add to it.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    private ServerProcess? server;

    public TestFolder Folder { get; } = new();

    internal ServerProcess Server => server!;

    internal ServerClient Client => server!.Client;

    public async ValueTask InitializeAsync() => server = await ServerProcess.StartAsync(Folder);

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
        Folder.Dispose();
    }
}
