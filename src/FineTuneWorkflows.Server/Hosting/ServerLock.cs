using FineTuneWorkflows.Foundation.Locks;
using FineTuneWorkflows.Pipelines.Homes;

namespace FineTuneWorkflows.Server.Hosting;

/// <summary>Keeps a second server off the SQLite files of the first. Servers that share a PostgreSQL need no such lock.</summary>
internal sealed class ServerLock : IDisposable
{
    private readonly FileLock? held;

    private ServerLock(FileLock? held) => this.held = held;

    /// <exception cref="ServerException">Another server has the lock, or its file cannot be opened.</exception>
    public static ServerLock Take(ServerOptions options)
    {
        if (options.PostgreSql is not null)
            return new(null);
        try
        {
            return new(FileLock.TryAcquire(options.LockFile) ?? throw new ServerException($"another server uses the home {options.Home.Root}; stop it, or give this one another with --Home"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ServerException($"the lock {options.LockFile} cannot be opened: {e.Message}", e);
        }
    }

    public void Dispose() => held?.Dispose();
}
