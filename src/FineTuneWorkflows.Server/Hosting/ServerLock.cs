using FineTuneWorkflows.Pipelines.Homes;

namespace FineTuneWorkflows.Server.Hosting;

/// <summary>Keeps a second server off the SQLite files of the first. Servers that share a PostgreSQL need no such lock.</summary>
internal sealed class ServerLock : IDisposable
{
    private readonly FileLock? held;

    private ServerLock(FileLock? held) => this.held = held;

    public static ServerLock Take(ServerOptions options) =>
        options.PostgreSql is not null ? new(null)
        : new(FileLock.TryAcquire(options.LockFile) ?? throw new ServerException($"another server uses the home {options.Home.Root}; stop it, or give this one another with --Home"));

    public void Dispose() => held?.Dispose();
}
