using FineTuneWorkflows.Tracking.Events;

namespace FineTuneWorkflows.Tracking.Store;

/// <summary>
/// The history of all runs of a home in one SQLite file (<c>state.db</c>, write-ahead log): what happened, how far each journal was read,
/// and what a server has yet to be told. Events and the position they were read up to are written in one transaction, so an event enters
/// the outbox exactly once. Several processes may have the file open; the members may be called from several threads.
/// </summary>
public sealed class TrackingStore : IDisposable
{
    private readonly SecretMask _mask;

    private TrackingStore(Database database, SecretMask mask) => (Database, Paths, _mask) = (database, new LocalPaths(database.Path), mask);

    internal Database Database { get; }

    internal LocalPaths Paths { get; }

    /// <summary>The file's full path.</summary>
    public string Path => Database.Path;

    /// <summary>Opens the file, makes it and its folder where they are missing, and brings older tables up to date.</summary>
    /// <param name="path">The file, usually <c>state.db</c> in the home.</param>
    /// <param name="mask">What must not be stored; null for a mask that knows no values, only patterns.</param>
    /// <exception cref="TrackingException">It cannot be opened or written, is damaged or no database, or a newer version wrote it.</exception>
    public static TrackingStore Open(string path, SecretMask? mask = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new TrackingStore(new Database(path), mask ?? new SecretMask());
    }

    /// <summary>How far a journal was read: the byte offset of the first line that was not stored yet; 0 for one never seen.</summary>
    /// <exception cref="TrackingException">The file could not be read.</exception>
    public long PositionOf(string source)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        return Database.Read(connection => connection.Scalar<long>("SELECT position FROM positions WHERE source = ?1", source));
    }

    /// <summary>Writes events, the outbox rows that tell a server of them, and the journal's new position in one transaction.</summary>
    /// <param name="events">What happened, in order. May be empty, to move a position past lines that hold nothing to track.</param>
    /// <param name="advance">The journal and the offsets that these events stand between; null where they come from no journal.</param>
    /// <returns>
    /// False, with nothing written, when the journal's position is not <see cref="JournalPosition.From"/>: another importer was faster.
    /// Ask <see cref="PositionOf"/> and read on from there.
    /// </returns>
    /// <exception cref="ArgumentException">The offsets run backwards, or an event is malformed (no key, an end with status Running).</exception>
    /// <exception cref="EventException">An event names a run that never started, or one starts twice. Nothing was written.</exception>
    /// <exception cref="TrackingException">The file could not be written. Nothing was written.</exception>
    public bool Append(IReadOnlyList<TrackingEvent> events, JournalPosition? advance = null)
    {
        ArgumentNullException.ThrowIfNull(events);
        if (advance is { } span)
        {
            ArgumentException.ThrowIfNullOrEmpty(span.Source, nameof(advance));
            if (span.From < 0 || span.To < span.From)
                throw new ArgumentException($"The offsets {span.From} to {span.To} of journal {span.Source} run backwards.", nameof(advance));
        }

        return Database.Write(connection =>
        {
            if (advance is { } move && !Advance(connection, move)) return false;
            if (events.Count == 0) return true;
            using var writer = new EventWriter(connection);
            foreach (var item in events) writer.Write(Paths.Stored(_mask.Mask(item)));
            writer.Finish();
            return true;
        });
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => Database.Dispose();

    private static bool Advance(Microsoft.Data.Sqlite.SqliteConnection connection, JournalPosition move)
    {
        // One row is touched exactly when the stored position is the expected one, and a source never seen stands at 0.
        if (move.From == 0)
            connection.Execute("INSERT OR IGNORE INTO positions (source, position) VALUES (?1, 0)", move.Source);
        return connection.Execute(
            "UPDATE positions SET position = ?3 WHERE source = ?1 AND position = ?2", move.Source, move.From, move.To) == 1;
    }
}
