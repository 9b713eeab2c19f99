using System.Globalization;
using FineTuneWorkflows.Foundation.Digests;
using FineTuneWorkflows.Foundation.Locks;

namespace FineTuneWorkflows.Server.Hosting;

/// <summary>
/// Keeps a second server off the SQLite files of the first. Servers that share a PostgreSQL share a home, too; of them each has its own name, for the queue takes two of one name for one that died
/// and came back, and gives it the other's stages.
/// </summary>
internal sealed class ServerLock : IDisposable
{
    private readonly FileLock held;
    private readonly string? note;

    private ServerLock(FileLock held, string? note)
    {
        this.held = held;
        this.note = note;
    }

    /// <exception cref="ServerException">Another server has the lock, or its file cannot be opened.</exception>
    public static ServerLock Take(ServerOptions options)
    {
        try
        {
            return TakeFree(options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ServerException($"the server's lock in the home {options.Home.Root} cannot be taken: {e.Message}", e);
        }
    }

    public void Dispose()
    {
        if (note is not null)
            File.Delete(note);
        held.Dispose();
    }

    private static ServerLock TakeFree(ServerOptions options)
    {
        if (options.PostgreSql is null)
            return new(FileLock.TryAcquire(options.LockFile) ?? throw new ServerException($"another server uses the home {options.Home.Root}; stop it, or give this one another with --home"), null);
        Directory.CreateDirectory(options.NodeLocks);
        // A name may have signs that a file's must not have.
        var file = Path.Combine(options.NodeLocks, ContentDigest.Of(options.NodeId)[..16]);
        if (FileLock.TryAcquire(file + ".lock") is not { } held)
            throw new ServerException(
                $"another server on the home {options.Home.Root} is called '{options.NodeId}'{Holder(file + ".txt")}; give each server a name of its own with --node-id (FINETUNE_NODE_ID)");
        File.WriteAllText(file + ".txt", string.Create(CultureInfo.InvariantCulture, $"process {Environment.ProcessId} on {Environment.MachineName}"));
        return new(held, file + ".txt");
    }

    private static string Holder(string note)
    {
        try
        {
            return $" ({File.ReadAllText(note)})";
        }
        catch (IOException)
        {
            // It has not written it yet; its name says enough.
            return "";
        }
    }
}
