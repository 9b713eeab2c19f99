namespace FineTuneWorkflows.Text.Sources.Hub;

/// <summary>
/// The right to download one file, held as an open file beside its part: of several processes that want the same file one downloads it and the others wait.
/// The operating system lets go of it when a process ends, however it ends, so that what was downloaded of the file can be continued. Between threads of one
/// process it holds on file systems without locks, too.
/// </summary>
internal sealed class DownloadLock : IDisposable
{
    private const int FirstWait = 10, LongestWait = 500;

    private static readonly HashSet<string> Held = new(StringComparer.Ordinal);

    private readonly string _path;
    private readonly FileStream _file;

    private DownloadLock(string path, FileStream file) => (_path, _file) = (path, file);

    /// <summary>Waits for the right.</summary>
    /// <param name="path">The lock file; made where there is none and never deleted by its holder, since another may just be opening it.</param>
    /// <param name="onWait">Called once if another holds it.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="OperationCanceledException">The waiting was ended.</exception>
    /// <exception cref="IOException">The folder is missing or full.</exception>
    public static async Task<DownloadLock> AcquireAsync(string path, Action? onWait, CancellationToken cancellationToken)
    {
        for (var wait = FirstWait; ; wait = Math.Min(wait * 2, LongestWait))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryAcquire(path) is { } held) return held;
            onWait?.Invoke();
            onWait = null;
            await Task.Delay(wait, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _file.Dispose();
        LetGo(_path);
    }

    private static DownloadLock? TryAcquire(string path)
    {
        lock (Held)
        {
            if (!Held.Add(path)) return null;
        }
        try
        {
            return new DownloadLock(path, new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1));
        }
        catch (Exception e)
        {
            LetGo(path);
            if (e is IOException held && IsHeld(held)) return null;
            throw;
        }
    }

    private static void LetGo(string path)
    {
        lock (Held) Held.Remove(path);
    }

    // EWOULDBLOCK on Linux and macOS, a sharing violation on Windows; anything else, such as a full disk, waiting would not mend.
    private static bool IsHeld(IOException e) => e.GetType() == typeof(IOException) && (e.HResult & 0xFFFF) is 11 or 35 or 32;
}
