using FineTuneWorkflows.Tracking.Events;
using FineTuneWorkflows.Tracking.Store;
using Microsoft.Data.Sqlite;

namespace FineTuneWorkflows.Tracking.Runs;

/// <summary>
/// Reads the history that a <see cref="TrackingStore"/> keeps. Every member throws <see cref="TrackingException"/> when the file cannot be
/// read.
/// </summary>
/// <param name="store">The store; it must stay open.</param>
public sealed class RunIndex(TrackingStore store)
{
    private const string Columns = "run_id, name, experiment, parent_run_id, status, started, ended, id";

    /// <summary>Lists runs, newest start first; of those that started in the same millisecond, the one stored last first.</summary>
    /// <param name="query">What to list; null for the 50 newest.</param>
    public IReadOnlyList<RunSummary> List(RunQuery? query = null)
    {
        query ??= new RunQuery();
        ArgumentOutOfRangeException.ThrowIfNegative(query.Limit);
        const string sql = $"""
            SELECT {Columns} FROM runs
            WHERE (?1 IS NULL OR name LIKE ?1 ESCAPE '\') AND (?2 IS NULL OR status = ?2) AND (?3 IS NULL OR experiment = ?3)
              AND (?4 IS NULL OR parent_run_id = ?4) AND (?5 = 0 OR parent_run_id IS NULL)
            ORDER BY started DESC, id DESC LIMIT ?6
            """;
        return store.Database.Read(connection => connection.Query(
            sql, Summary, Pattern(query.Name), (int?)query.Status, query.Experiment, query.ParentRunId, query.TopLevelOnly, query.Limit));
    }

    /// <summary>Finds the one run with this id, or whose id begins with it.</summary>
    /// <exception cref="TrackingException">There is none, or there are several.</exception>
    public RunSummary Find(string idOrPrefix)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(idOrPrefix);
        return store.Database.Read(connection => Locate(connection, idOrPrefix).Run);
    }

    /// <summary>All that is kept of one run.</summary>
    /// <param name="idOrPrefix">The run's id, or the beginning of it.</param>
    /// <exception cref="TrackingException">There is no such run, or there are several.</exception>
    public RunDetails Show(string idOrPrefix)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(idOrPrefix);
        return store.Database.ReadTogether(connection => Details(connection, idOrPrefix));
    }

    /// <summary>All values of a metric by step, then by time; those with the same step and time in the order they were logged.</summary>
    /// <param name="idOrPrefix">The run's id, or the beginning of it.</param>
    /// <param name="key">The metric; one that was never logged gives an empty list.</param>
    /// <exception cref="TrackingException">There is no such run, or there are several.</exception>
    public IReadOnlyList<MetricPoint> History(string idOrPrefix, string key)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(idOrPrefix);
        ArgumentNullException.ThrowIfNull(key);
        return store.Database.ReadTogether(connection => connection.Query(
            """
            SELECT step, time, value FROM metrics
            WHERE run = ?1 AND key = (SELECT id FROM metric_keys WHERE key = ?2) ORDER BY step, time, id
            """,
            row => new MetricPoint(key, row.Number(2), row.GetInt64(0), row.Time(1)),
            Locate(connection, idOrPrefix).Id, key));
    }

    /// <summary>Puts runs side by side.</summary>
    /// <param name="idsOrPrefixes">At least one run, by id or the beginning of it.</param>
    /// <exception cref="TrackingException">One of them does not exist, or is not the only one that begins so.</exception>
    public RunComparison Compare(IReadOnlyList<string> idsOrPrefixes)
    {
        ArgumentNullException.ThrowIfNull(idsOrPrefixes);
        ArgumentOutOfRangeException.ThrowIfZero(idsOrPrefixes.Count);
        var runs = store.Database.ReadTogether(connection => idsOrPrefixes.Select(id => Details(connection, id)).ToList());
        return new RunComparison(
            runs.ConvertAll(run => run.Run),
            Rows(runs, run => run.Parameters.Select(pair => (pair.Key, (string?)pair.Value))),
            Rows(runs, run => run.Metrics.Select(pair => (pair.Key, (double?)pair.Value.Value))),
            Rows(runs, run => run.Datasets.Select(data => ($"{data.Name} ({data.Context})", (string?)data.Digest))));
    }

    /// <summary>What servers are told of registered versions, by name and digest; of several the last.</summary>
    internal Dictionary<(string Name, string Digest), ModelRegistered> Registered() => store.Database.Read(connection => connection.Query(
            "SELECT event FROM outbox WHERE kind = 'model-registered' ORDER BY seq", row => (ModelRegistered)TrackingEventJson.Read("model-registered", row.GetString(0))))
        .GroupBy(version => (version.Name, version.Digest)).ToDictionary(group => group.Key, group => group.Last());

    internal static (RunSummary Run, long Id) Locate(SqliteConnection connection, string idOrPrefix)
    {
        var exact = connection.Query($"SELECT {Columns} FROM runs WHERE run_id = ?1", WithId, idOrPrefix);
        if (exact.Count == 1) return exact[0];
        var found = connection.Query($"SELECT {Columns} FROM runs WHERE substr(run_id, 1, ?2) = ?1 ORDER BY started DESC, id DESC LIMIT 6", WithId,
            idOrPrefix, idOrPrefix.Length);
        return found.Count switch
        {
            1 => found[0],
            0 => throw new TrackingException($"There is no run {idOrPrefix}. `runs` lists those there are."),
            _ => throw new TrackingException(
                $"Several runs begin with {idOrPrefix}: {Some(found)}. Give more of the id."),
        };
    }

    private static string Some(List<(RunSummary Run, long Id)> found) =>
        string.Join(", ", found.Take(5).Select(run => run.Run.RunId)) + (found.Count > 5 ? ", ..." : "");

    private RunDetails Details(SqliteConnection connection, string idOrPrefix)
    {
        var (run, id) = Locate(connection, idOrPrefix);
        return new RunDetails(
            run,
            Pairs(connection, "parameters", id),
            Pairs(connection, "tags", id),
            Sorted(connection.Query(
                "SELECT k.key, m.value, m.step, m.time FROM latest_metrics m JOIN metric_keys k ON k.id = m.key WHERE m.run = ?1",
                row => KeyValuePair.Create(row.GetString(0), new MetricPoint(row.GetString(0), row.Number(1), row.GetInt64(2), row.Time(3))), id)),
            connection.Query(
                "SELECT name, digest, source, context, source_type, profile, schema FROM datasets WHERE run = ?1 ORDER BY name, context, id",
                row => new DatasetUsed(
                    run.RunId, row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.Text(5), row.Text(6)), id),
            connection.Query(
                "SELECT path, local_path, digest FROM artifacts WHERE run = ?1 ORDER BY path",
                row => store.Paths.Given(new ArtifactProduced(run.RunId, row.GetString(0), row.GetString(1), row.Text(2))), id),
            connection.Query(
                "SELECT event FROM models WHERE run = ?1 ORDER BY id", row => store.Paths.Given((ModelLogged)TrackingEventJson.Read("model", row.GetString(0))), id));
    }

    private static SortedDictionary<string, string> Pairs(SqliteConnection connection, string table, long run) =>
        Sorted(
            connection.Query($"SELECT key, value FROM {table} WHERE run = ?1", row => KeyValuePair.Create(row.GetString(0), row.GetString(1)), run));

    private static SortedDictionary<string, T> Sorted<T>(List<KeyValuePair<string, T>> pairs)
    {
        var sorted = new SortedDictionary<string, T>(StringComparer.Ordinal);
        foreach (var (key, value) in pairs) sorted.Add(key, value);
        return sorted;
    }

    private static List<ComparisonRow<T>> Rows<T>(List<RunDetails> runs, Func<RunDetails, IEnumerable<(string Key, T? Value)>> values)
    {
        var table = new SortedDictionary<string, T?[]>(StringComparer.Ordinal);
        for (var i = 0; i < runs.Count; i++)
        {
            foreach (var (key, value) in values(runs[i]))
            {
                if (!table.TryGetValue(key, out var row)) table[key] = row = new T?[runs.Count];
                row[i] = value;
            }
        }

        return table.Select(row => new ComparisonRow<T>(row.Key, row.Value, row.Value.Any(value => !Equals(value, row.Value[0])))).ToList();
    }

    private static string? Pattern(string? name) => name?
        .Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal)
        .Replace("_", @"\_", StringComparison.Ordinal).Replace('*', '%');

    private static (RunSummary Run, long Id) WithId(SqliteDataReader row) => (Summary(row), row.GetInt64(7));

    private static RunSummary Summary(SqliteDataReader row) => new(
        row.GetString(0), row.GetString(1), row.Text(2), row.Text(3), (RunStatus)row.GetInt32(4), row.Time(5), row.IsDBNull(6) ? null : row.Time(6));
}
