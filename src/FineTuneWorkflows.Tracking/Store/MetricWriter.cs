using FineTuneWorkflows.Tracking.Events;
using Microsoft.Data.Sqlite;

namespace FineTuneWorkflows.Tracking.Store;

/// <summary>Inserts metrics, many at a time: keys are interned, ids consecutive, and the latest value of a key is written once per batch.</summary>
internal sealed class MetricWriter(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, long> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<(long Run, long Key), (long Step, long Time, double Value)> _latest = [];
    private SqliteCommand? _insert;
    private long _lastId;

    /// <summary>Whether a point is there that this one repeats: the same value, or any where the metric is a curve, which has other steps, too.</summary>
    internal bool IsKnown(long run, MetricPoint point)
    {
        var key = KeyOf(point.Key);
        return connection.Scalar<long>(
            """
            SELECT EXISTS (SELECT 1 FROM metrics m WHERE m.run = ?1 AND m.key = ?2 AND m.step = ?3
              AND (m.value IS ?4 OR EXISTS (SELECT 1 FROM metrics o WHERE o.run = ?1 AND o.key = ?2 AND o.step <> ?3)))
            """, run, key, point.Step, point.Value) != 0;
    }

    /// <summary>Inserts the values and says which ids they have: all of the range and nothing else.</summary>
    internal (long First, long Last) Write(long run, IReadOnlyList<MetricPoint> points)
    {
        if (_insert is null)
        {
            _insert = connection.Prepared("INSERT INTO metrics (id, run, key, step, time, value) VALUES (?1, ?2, ?3, ?4, ?5, ?6)", 6);
            _lastId = connection.Scalar<long>("SELECT max(id) FROM metrics");
        }

        var parameters = _insert.Parameters;
        parameters[1].Value = run;
        var first = _lastId + 1;
        foreach (var point in points)
        {
            var key = KeyOf(point.Key);
            var time = point.Time.ToUnixTimeMilliseconds();
            parameters[0].Value = ++_lastId;
            parameters[2].Value = key;
            parameters[3].Value = point.Step;
            parameters[4].Value = time;
            parameters[5].Value = double.IsNaN(point.Value) ? DBNull.Value : point.Value;
            _insert.ExecuteNonQuery();
            if (!_latest.TryGetValue((run, key), out var latest) || (point.Step, time).CompareTo((latest.Step, latest.Time)) >= 0)
                _latest[(run, key)] = (point.Step, time, point.Value);
        }

        return (first, _lastId);
    }

    internal void Finish()
    {
        if (_latest.Count == 0) return;
        using var command = connection.Prepared(
            """
            INSERT INTO latest_metrics (run, key, step, time, value) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT DO UPDATE SET step = excluded.step, time = excluded.time, value = excluded.value
            WHERE (excluded.step, excluded.time) >= (step, time)
            """,
            5);
        foreach (var ((run, key), (step, time, value)) in _latest) command.Run(run, key, step, time, value);
    }

    public void Dispose() => _insert?.Dispose();

    private long KeyOf(string key)
    {
        if (_keys.TryGetValue(key, out var id)) return id;
        if (string.IsNullOrWhiteSpace(key)) throw new ArgumentException("The key of a metric must not be empty.");
        connection.Execute("INSERT OR IGNORE INTO metric_keys (key) VALUES (?1)", key);
        return _keys[key] = connection.Scalar<long>("SELECT id FROM metric_keys WHERE key = ?1", key);
    }
}
