using Microsoft.Data.Sqlite;

namespace FineTuneWorkflows.Tracking.Store;

/// <summary>
/// One connection to <c>state.db</c>, used by one thread at a time. Every fault of SQLite leaves it as a <see cref="TrackingException"/>
/// that names the file and what to do.
/// </summary>
internal sealed class Database : IDisposable
{
    private const int BusyTimeoutMilliseconds = 30_000;

    private readonly SqliteConnection _connection;
    private readonly Lock _gate = new();

    internal Database(string path)
    {
        Path = System.IO.Path.GetFullPath(path);
        var settings = new SqliteConnectionStringBuilder
        {
            DataSource = Path,
            Pooling = false,
            DefaultTimeout = BusyTimeoutMilliseconds / 1000,
        };
        _connection = new SqliteConnection(settings.ConnectionString);
        try
        {
            Guarded(() =>
            {
                if (System.IO.Path.GetDirectoryName(Path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
                _connection.Open();
                // NORMAL loses no committed transaction to a killed process, only to a power cut; then the journals are read again.
                _connection.Execute($"PRAGMA busy_timeout = {BusyTimeoutMilliseconds}; PRAGMA synchronous = NORMAL");
                Schema.Migrate(_connection, Path);
                return 0;
            });
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    internal string Path { get; }

    /// <summary>Runs one statement, or several that need not agree with each other.</summary>
    internal T Read<T>(Func<SqliteConnection, T> work)
    {
        lock (_gate) return Guarded(() => work(_connection));
    }

    /// <summary>Runs several reads that see one and the same state.</summary>
    internal T ReadTogether<T>(Func<SqliteConnection, T> work) => InTransaction(deferred: true, work);

    /// <summary>Runs reads and writes that take effect together, or not at all when <paramref name="work"/> throws.</summary>
    internal T Write<T>(Func<SqliteConnection, T> work) => InTransaction(deferred: false, work);

    public void Dispose()
    {
        lock (_gate) _connection.Dispose();
    }

    private T InTransaction<T>(bool deferred, Func<SqliteConnection, T> work)
    {
        lock (_gate)
        {
            return Guarded(() =>
            {
                using var transaction = _connection.BeginTransaction(deferred);
                var result = work(_connection);
                transaction.Commit();
                return result;
            });
        }
    }

    private T Guarded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (SqliteException fault)
        {
            throw new TrackingException($"{Path}: {Explain(fault)}", fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new TrackingException($"{Path} cannot be opened: {fault.Message}", fault);
        }
    }

    private static string Explain(SqliteException fault) => fault.SqliteErrorCode switch
    {
        5 or 6 =>
            $"another process has kept it locked for {BusyTimeoutMilliseconds / 1000} seconds. Let that process finish, or end it, and try again.",
        8 or 3 => "it cannot be written. Check the permissions of the file and its folder, or use another home.",
        10 => $"reading or writing it failed ({fault.Message}). Check the disk: it may be full.",
        13 => "the disk is full. Make room and try again; nothing was half written.",
        14 => "it cannot be opened. Check that its folder exists and can be written, or use another home.",
        11 => "it is damaged. Move it away: runs are read again from their journals; registered models are not in it.",
        26 => "it is no SQLite database. Move it away: runs are read again from their journals; registered models are not in it.",
        _ => fault.Message,
    };
}
