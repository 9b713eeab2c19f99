using FineTuneWorkflows.Foundation.Retries;

namespace FineTuneWorkflows.Foundation.Locks;

/// <summary>
/// A lock between processes, held as an open file. The operating system lets go of it when the process ends, however it ends. Between the threads of one process it holds on file systems
/// without locks, too.
/// </summary>
public sealed class FileLock : IDisposable
{
    private const int Exclusive = -1;

    private static readonly Backoff Waits = new(TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(250));

    // How many in this process share each lock file, or Exclusive.
    private static readonly Dictionary<string, int> Holders = new(StringComparer.Ordinal);

    private readonly string path;
    private FileStream? stream;

    private FileLock(string path, FileStream stream)
    {
        this.path = path;
        this.stream = stream;
    }

    /// <summary>Takes the lock if it is free; null while another has it.</summary>
    /// <param name="path">The lock file; made where there is none, and never deleted by its holder, since another may just be opening it.</param>
    /// <param name="shared">Whether others may share it.</param>
    /// <exception cref="IOException">The file cannot be opened for another reason than a holder: the disk is full or fails, the folder is missing.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be opened.</exception>
    public static FileLock? TryAcquire(string path, bool shared = false)
    {
        path = Path.GetFullPath(path);
        if (!Enter(path, shared))
            return null;
        try
        {
            return new(path, Open(path, shared));
        }
        catch (IOException e) when (IsHeld(e))
        {
            Leave(path);
            return null;
        }
        catch
        {
            Leave(path);
            throw;
        }
    }

    /// <summary>Waits for the lock.</summary>
    /// <param name="path">The lock file.</param>
    /// <param name="shared">Whether others may share it.</param>
    /// <param name="onWait">Called once if the lock is not free at once.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="OperationCanceledException">The waiting was ended.</exception>
    /// <exception cref="IOException">The file cannot be opened for another reason than a holder: waiting would not mend that.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be opened.</exception>
    public static async Task<FileLock> AcquireAsync(string path, bool shared, Action? onWait, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryAcquire(path, shared) is { } held)
                return held;
            onWait?.Invoke();
            onWait = null;
            await Task.Delay(Waits.After(tries), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (Interlocked.Exchange(ref stream, null) is not { } held)
            return;
        held.Dispose();
        Leave(path);
    }

    /// <summary>
    /// Whether the system says that another has the file: EWOULDBLOCK on Linux and macOS, a sharing or lock violation on Windows. Any other error, such as a full disk, is no holder.
    /// </summary>
    internal static bool IsHeld(IOException e) =>
        e.GetType() == typeof(IOException) && (OperatingSystem.IsWindows() ? (e.HResult & 0xFFFF) is 32 or 33 : e.HResult == (OperatingSystem.IsLinux() ? 11 : 35));

    // One that is shared is opened for reading: that needs no permission to write where the file is there.
    private static FileStream Open(string path, bool shared)
    {
        if (!shared)
            return new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        if (!File.Exists(path))
            File.Open(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite).Dispose();
        return new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
    }

    private static bool Enter(string path, bool shared)
    {
        lock (Holders)
        {
            var count = Holders.GetValueOrDefault(path);
            if (shared ? count == Exclusive : count != 0)
                return false;
            Holders[path] = shared ? count + 1 : Exclusive;
            return true;
        }
    }

    private static void Leave(string path)
    {
        lock (Holders)
        {
            if (Holders[path] is > 1 and var count)
                Holders[path] = count - 1;
            else
                Holders.Remove(path);
        }
    }
}
