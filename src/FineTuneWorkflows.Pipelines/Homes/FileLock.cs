namespace FineTuneWorkflows.Pipelines.Homes;

/// <summary>
/// A lock between processes, held as an open file. The operating system lets go of it when the process ends, however it ends.
/// </summary>
public sealed class FileLock : IDisposable
{
    private readonly FileStream stream;

    private FileLock(FileStream stream) => this.stream = stream;

    /// <summary>Takes the lock if it is free; null otherwise.</summary>
    /// <param name="path">The lock file; made where there is none, never deleted by its holder.</param>
    /// <param name="shared">Whether others may share it.</param>
    public static FileLock? TryAcquire(string path, bool shared = false)
    {
        if (shared && !File.Exists(path))
            File.Open(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite).Dispose();
        try
        {
            return new(shared
                ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read)
                : new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException))
        {
            return null;
        }
    }

    /// <summary>Waits for the lock.</summary>
    /// <param name="path">The lock file.</param>
    /// <param name="shared">Whether others may share it.</param>
    /// <param name="onWait">Called once if the lock is not free at once.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="OperationCanceledException">The waiting was ended.</exception>
    public static async Task<FileLock> AcquireAsync(string path, bool shared, Action? onWait, CancellationToken cancellationToken)
    {
        for (var delay = 5; ; delay = Math.Min(delay * 2, 250))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryAcquire(path, shared) is { } held)
                return held;
            onWait?.Invoke();
            onWait = null;
            await Task.Delay(delay, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc />
    public void Dispose() => stream.Dispose();
}
