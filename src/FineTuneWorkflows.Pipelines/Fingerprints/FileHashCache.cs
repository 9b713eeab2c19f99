using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using FineTuneWorkflows.Foundation.Digests;
using FineTuneWorkflows.Foundation.Files;
using FineTuneWorkflows.Pipelines.Homes;

namespace FineTuneWorkflows.Pipelines.Fingerprints;

/// <summary>
/// SHA-256 of files, remembered by path, size and time of change, so that an unchanged file costs a look at its directory entry.
/// </summary>
/// <remarks>
/// Kept as an append-only text file rather than in the database: a run with nothing to do then opens no database at all, and lines that
/// a killed process left half-written are skipped by their shape. A file that changed less than two seconds before it was hashed is not remembered, because
/// a second change within the clock's grain would go unnoticed.
/// </remarks>
public sealed class FileHashCache : IDisposable
{
    private static readonly TimeSpan ClockGrain = TimeSpan.FromSeconds(2);

    private readonly string path;
    private readonly ConcurrentDictionary<string, Entry> entries = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private readonly string root;
    private readonly bool makesFiles;
    private FileStream? appender;
    private bool cannotAppend;

    /// <summary>Opens the cache of a home. In one that is only looked at, digests are kept where the file is there and may be written.</summary>
    public FileHashCache(Home home)
    {
        path = home.FileHashes;
        root = home.Root;
        makesFiles = !home.IsReadOnly;
        Load();
    }

    /// <summary>The lower-case hexadecimal SHA-256 of a file's content.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public string HashOf(FileInfo file, CancellationToken cancellationToken = default)
    {
        if (entries.TryGetValue(file.FullName, out var known) && known.Length == file.Length && known.Changed == file.LastWriteTimeUtc.Ticks)
            return known.Sha256;
        var sha256 = ContentDigest.OfFile(file.FullName, progress: null, cancellationToken);
        var (length, changed) = (file.Length, file.LastWriteTimeUtc);
        file.Refresh();
        if (file.Exists && file.Length == length && file.LastWriteTimeUtc == changed && DateTime.UtcNow - changed > ClockGrain)
            Add(file.FullName, new(length, changed.Ticks, sha256));
        return sha256;
    }

    /// <summary>Remembers the digest of a file that is known never to change again, without reading it.</summary>
    public void Remember(string fullPath, string sha256)
    {
        var file = new FileInfo(fullPath);
        if (!file.Exists)
            return;
        var entry = new Entry(file.Length, file.LastWriteTimeUtc.Ticks, sha256);
        if (!entries.TryGetValue(file.FullName, out var known) || known != entry)
            Add(file.FullName, entry);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (gate)
        {
            appender?.Dispose();
            appender = null;
        }
    }

    private void Load()
    {
        if (!File.Exists(path))
            return;
        var lines = 0;
        using (var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)))
            while (reader.ReadLine() is { } line)
            {
                lines++;
                if (Parse(line) is var (file, entry))
                    entries[file] = entry;
            }

        if (makesFiles && lines > 1000 && lines > 4 * entries.Count)
            Compact();
    }

    private (string File, Entry Entry)? Parse(string line)
    {
        var parts = line.Split('\t');
        return parts.Length == 4 && parts[2].Length == 64
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var changed)
            ? (Path.IsPathRooted(parts[3]) ? parts[3] : Path.Join(root, parts[3]), new(length, changed, parts[2]))
            : null;
    }

    // A home's own files are named as seen from it: one that was moved knows them still.
    private string Line(string file, Entry entry) =>
        string.Create(CultureInfo.InvariantCulture, $"{entry.Length}\t{entry.Changed}\t{entry.Sha256}\t{(file.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? file[(root.Length + 1)..] : file)}\n");

    private void Add(string file, Entry entry)
    {
        entries[file] = entry;
        if (file.AsSpan().ContainsAny('\t', '\n', '\r'))
            return;
        var line = Encoding.UTF8.GetBytes(Line(file, entry));
        lock (gate)
        {
            // One unbuffered write in append mode: lines of several processes do not mix.
            if (appender is null && !cannotAppend)
            {
                appender = OpenForAppending();
                cannotAppend = appender is null;
            }

            appender?.Write(line);
        }
    }

    private FileStream? OpenForAppending()
    {
        if (!makesFiles && !File.Exists(path))
            return null;
        try
        {
            return new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }
        catch (Exception e) when (!makesFiles && e is (IOException or UnauthorizedAccessException))
        {
            // Who only looks may look where nothing may be written; the file is hashed anew the next time.
            return null;
        }
    }

    private void Compact() =>
        DurableFile.Write(path, Encoding.UTF8.GetBytes(string.Concat(entries.Where(e => File.Exists(e.Key)).Select(e => Line(e.Key, e.Value)))), flush: false);

    private sealed record Entry(long Length, long Changed, string Sha256);
}
