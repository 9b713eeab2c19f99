using System.Diagnostics;
using System.Text.Json;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Homes;

namespace FineTuneWorkflows.Pipelines.Journals;

/// <summary>
/// A run's journal, <c>runs/&lt;run-id&gt;/journal.jsonl</c>: one event a line, only ever appended to. Each line is with the operating system when <see cref="OnEvent"/> returns, so a killed process
/// loses none; the disk is flushed when a stage was executed, though once a second at most, and when the run is done.
/// </summary>
public sealed class RunJournal : IRunObserver, IDisposable
{
    internal const string FileName = HomeLayout.JournalFile;

    private const int BlockSize = 64 * 1024;

    private static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(1);

    private readonly FileStream stream;
    private readonly Stopwatch sinceFlush = Stopwatch.StartNew();
    private bool unflushed;

    private RunJournal(FileStream stream) => this.stream = stream;

    /// <summary>The journal's file for a run.</summary>
    public static string PathOf(Home home, string runId) => Path.Combine(home.Runs, runId, FileName);

    /// <summary>Opens a run's journal for appending. A line that a killed process left unfinished is cut off.</summary>
    public static RunJournal Open(Home home, string runId)
    {
        var path = PathOf(home, runId);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, bufferSize: 0);
        stream.SetLength(EndOfLastLine(stream));
        stream.Seek(0, SeekOrigin.End);
        return new(stream);
    }

    /// <inheritdoc />
    public void OnEvent(RunEvent runEvent)
    {
        if (runEvent is StageProgressed)
            return;
        stream.Write([.. JsonSerializer.SerializeToUtf8Bytes(runEvent, RunJson.Default.RunEvent), (byte)'\n']);
        unflushed |= runEvent is StageFinished { Outcome: not Contract.Events.StageOutcome.UpToDate };
        if (!unflushed || (runEvent is not RunFinished && sinceFlush.Elapsed < FlushInterval))
            return;
        stream.Flush(flushToDisk: true);
        sinceFlush.Restart();
        unflushed = false;
    }

    /// <summary>The events of a journal from a byte offset on, each with the offset behind it. A last line that is not finished yet is left for later.</summary>
    /// <exception cref="InvalidDataException">A finished line is no event; names the file and the offset.</exception>
    public static IEnumerable<(RunEvent Event, long End)> Read(string path, long from = 0) =>
        ReadLines(path, from).Select(line => line.Event is { } happened ? (happened, line.End) : throw line.Damage!);

    /// <summary>
    /// The finished lines of a journal from a byte offset on, each with the offset behind it: its event, or, where it is none, what is wrong with it, by file and offset. A damaged line does not
    /// keep anybody from those behind it.
    /// </summary>
    /// <exception cref="IOException">The journal cannot be read.</exception>
    public static IEnumerable<(RunEvent? Event, InvalidDataException? Damage, long End)> ReadLines(string path, long from = 0)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var end = EndOfLastLine(stream);
        stream.Seek(from, SeekOrigin.Begin);
        var buffer = new byte[BlockSize];
        var (filled, position) = (0, from);
        while (position < end)
        {
            var length = buffer.AsSpan(0, filled).IndexOf((byte)'\n');
            if (length < 0)
            {
                if (filled == buffer.Length)
                    Array.Resize(ref buffer, buffer.Length * 2);
                var read = stream.Read(buffer, filled, buffer.Length - filled);
                if (read == 0)
                    throw new InvalidDataException($"{path} shrank while it was read");
                filled += read;
                continue;
            }

            var start = 0;
            for (; length >= 0 && position < end; length = buffer.AsSpan(start, filled - start).IndexOf((byte)'\n'))
            {
                var (happened, damage) = TryParse(buffer.AsSpan(start, length), path, position);
                start += length + 1;
                position += length + 1;
                yield return (happened, damage, position);
            }

            filled -= start;
            Array.Copy(buffer, start, buffer, 0, filled);
        }
    }

    /// <inheritdoc />
    public void Dispose() => stream.Dispose();

    /// <summary>The events of a journal from the last one back. A line that is not finished yet is left out.</summary>
    /// <exception cref="InvalidDataException">A finished line is no event; names the file and the offset.</exception>
    public static IEnumerable<RunEvent> ReadBackwards(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        for (var end = EndOfLastLine(stream); end > 0;)
        {
            var start = EndOfLastLine(stream, end - 1);
            stream.Seek(start, SeekOrigin.Begin);
            var line = new byte[end - 1 - start];
            stream.ReadExactly(line);
            yield return Parse(line, path, start);
            end = start;
        }
    }

    private static RunEvent Parse(ReadOnlySpan<byte> line, string path, long start) => TryParse(line, path, start) switch
    {
        ({ } happened, _) => happened,
        (_, var damage) => throw damage!,
    };

    private static (RunEvent? Event, InvalidDataException? Damage) TryParse(ReadOnlySpan<byte> line, string path, long start)
    {
        try
        {
            return JsonSerializer.Deserialize(line, RunJson.Default.RunEvent) is { } happened ? (happened, null) : (null, new($"{path} is damaged at byte {start}: no event"));
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return (null, new($"{path} is damaged at byte {start}: {e.Message}", e));
        }
    }

    private static long EndOfLastLine(FileStream stream) => EndOfLastLine(stream, stream.Length);

    private static long EndOfLastLine(FileStream stream, long before)
    {
        var buffer = new byte[4096];
        for (var end = before; end > 0;)
        {
            var start = Math.Max(0, end - buffer.Length);
            stream.Seek(start, SeekOrigin.Begin);
            var block = buffer.AsSpan(0, (int)(end - start));
            stream.ReadExactly(block);
            var newline = block.LastIndexOf((byte)'\n');
            if (newline >= 0)
                return start + newline + 1;
            end = start;
        }

        return 0;
    }
}
