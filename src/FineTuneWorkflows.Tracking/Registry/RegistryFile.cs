using System.Text.Json;
using FineTuneWorkflows.Foundation.Files;
using FineTuneWorkflows.Foundation.Locks;

namespace FineTuneWorkflows.Tracking.Registry;

/// <summary>
/// The registry's file: one entry a line, only ever appended to, and on the disk before <see cref="Append"/> returns. Who reads needs no lock: a line that is not finished yet, or that a killed
/// process left unfinished, does not count.
/// </summary>
internal sealed class RegistryFile(string path)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Whether there is an entry. A file without any is as good as none: it is what a crash of the machine, a full disk or a slip of a shell leaves of one, and taking it at its word would lose all
    /// that is registered.
    /// </summary>
    public bool HasEntries => Guarded(() =>
    {
        if (!File.Exists(path))
            return false;
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 4096);
        return EndOfLastLine(stream) > 0;
    });

    /// <summary>Does something while no other process writes; every fault of the file leaves it as a <see cref="TrackingException"/> that names it.</summary>
    public T Alone<T>(Func<T> work) => Guarded(() =>
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var limit = new CancellationTokenSource(Patience);
        FileLock held;
        try
        {
            held = FileLock.AcquireAsync(path + ".lock", shared: false, null, limit.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException e)
        {
            throw new TrackingException($"{path}: another process has kept it locked for {Patience.TotalSeconds:0} seconds. Let that process finish, or end it, and try again.", e);
        }

        using (held)
            return work();
    });

    /// <summary>All entries, oldest first; none where there is no file.</summary>
    public List<RegistryEntry> Read() => Guarded(() =>
    {
        var entries = new List<RegistryEntry>();
        if (!File.Exists(path))
            return entries;
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        for (var start = 0; Array.IndexOf(bytes, (byte)'\n', start) is >= 0 and var end; start = end + 1)
            entries.Add(Parse(bytes.AsSpan(start, end - start), start));
        return entries;
    });

    /// <summary>Adds entries at the end. Call it within <see cref="Alone"/>.</summary>
    public void Append(params IReadOnlyList<RegistryEntry> entries) => Guarded(() =>
    {
        using var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, bufferSize: 0);
        var isNew = stream.Length == 0;
        // What a killed process or a full disk left of a line is cut off.
        stream.SetLength(EndOfLastLine(stream));
        stream.Seek(0, SeekOrigin.End);
        stream.Write(Lines(entries));
        stream.Flush(flushToDisk: true);
        if (isNew)
            DurableFile.FlushFolder(Path.GetDirectoryName(path)!);
        return 0;
    });

    /// <summary>Makes the file with these entries, whole or not at all. Call it within <see cref="Alone"/>.</summary>
    public void Write(IReadOnlyList<RegistryEntry> entries) => Guarded(() =>
    {
        DurableFile.Write(path, Lines(entries));
        return 0;
    });

    private static byte[] Lines(IReadOnlyList<RegistryEntry> entries) => [.. entries.SelectMany(entry => (byte[])[.. RegistryLine.Write(entry), (byte)'\n'])];

    private static long EndOfLastLine(FileStream stream)
    {
        Span<byte> one = [0];
        for (var end = stream.Length; end > 0; end--)
        {
            stream.Seek(end - 1, SeekOrigin.Begin);
            stream.ReadExactly(one);
            if (one[0] == (byte)'\n')
                return end;
        }

        return 0;
    }

    private RegistryEntry Parse(ReadOnlySpan<byte> line, int start)
    {
        try
        {
            return RegistryLine.Read(line);
        }
        catch (JsonException e)
        {
            throw new TrackingException($"{path} is damaged at byte {start}: {e.Message} Move it away: what is registered is read again from the journals of the runs.", e);
        }
    }

    private T Guarded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new TrackingException($"{path} cannot be read or written: {fault.Message}", fault);
        }
    }
}
