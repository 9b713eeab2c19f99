using FineTuneWorkflows.Tracking.Events;
using FineTuneWorkflows.Tracking.Runs;
using FineTuneWorkflows.Tracking.Store;
using Microsoft.Data.Sqlite;

namespace FineTuneWorkflows.Tracking.Outbox;

/// <summary>
/// The events of a store that a server has yet to be told, in order. Every member throws <see cref="TrackingException"/> when the file fails.
/// </summary>
/// <param name="store">The store; it must stay open.</param>
public sealed class OutboxQueue(TrackingStore store)
{
    /// <summary>How much waits, and how much was refused.</summary>
    public OutboxStatus Status() => store.Database.Read(connection => connection.Query(
        "SELECT count(*), coalesce(sum(last_metric - first_metric + 1), 0), (SELECT count(*) FROM refused) FROM outbox",
        row => new OutboxStatus(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2))))[0];

    /// <summary>The events that the server would not take, oldest first.</summary>
    /// <param name="limit">At most this many.</param>
    public IReadOnlyList<RefusedEvent> Refused(int limit = 100) => store.Database.Read(connection => connection.Query(
        "SELECT runs.run_id, kind, reason FROM refused JOIN runs ON runs.id = refused.run ORDER BY seq LIMIT ?1",
        row => new RefusedEvent(row.GetString(0), row.GetString(1), row.GetString(2)), limit));

    /// <summary>Puts what was refused into the queue again, at its old place, for when the reason is gone.</summary>
    /// <returns>How many events.</returns>
    public int RetryRefused() => store.Database.Write(connection =>
    {
        connection.Execute(
            """
            INSERT INTO outbox (seq, run, kind, event, first_metric, last_metric)
            SELECT seq, run, kind, event, first_metric, last_metric FROM refused
            """);
        return connection.Execute("DELETE FROM refused");
    });

    /// <summary>Counts what this object took out of the queue or learned: it tells progress from standstill.</summary>
    internal long Progress { get; private set; }

    internal List<OutboxRow> Next(int limit) => store.Database.Read(connection => connection.Query(
        "SELECT seq, run, kind, event, coalesce(first_metric, 0), coalesce(last_metric, -1) FROM outbox ORDER BY seq LIMIT ?1",
        row => new OutboxRow(row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.Text(3), row.GetInt64(4), row.GetInt64(5)), limit));

    internal bool IsEmpty() => store.Database.Read(connection => connection.Scalar<long>("SELECT EXISTS (SELECT 1 FROM outbox)")) == 0;

    /// <summary>Metrics by id, at most <paramref name="limit"/> of them, with the key as it was logged.</summary>
    internal List<MetricPoint> Metrics(long first, long last, int limit) => store.Database.Read(connection => connection.Query(
        "SELECT k.key, m.value, m.step, m.time FROM metrics m JOIN metric_keys k ON k.id = m.key WHERE m.id BETWEEN ?1 AND ?2 ORDER BY m.id LIMIT ?3",
        row => new MetricPoint(row.GetString(0), row.Number(1), row.GetInt64(2), row.Time(3)), first, last, limit));

    /// <summary>Takes away what was delivered: whole rows, and the first metrics of one row.</summary>
    internal void Delivered(IReadOnlyCollection<long> sequences, (long Sequence, long FirstLeft)? part = null) => store.Database.Write(connection =>
    {
        using var delete = connection.Prepared("DELETE FROM outbox WHERE seq = ?1", 1);
        foreach (var sequence in sequences) delete.Run(sequence);
        Progress++;
        return part is { } left ? connection.Execute("UPDATE outbox SET first_metric = ?2 WHERE seq = ?1", left.Sequence, left.FirstLeft) : 0;
    });

    internal void Refuse(long sequence, string reason) => store.Database.Write(connection =>
    {
        connection.Execute(
            """
            INSERT OR REPLACE INTO refused (seq, run, kind, event, first_metric, last_metric, reason)
            SELECT seq, run, kind, event, first_metric, last_metric, ?2 FROM outbox WHERE seq = ?1
            """,
            sequence, reason);
        Progress++;
        return connection.Execute("DELETE FROM outbox WHERE seq = ?1", sequence);
    });

    internal RunSummary Run(long run) => RunWhere("id = ?1", run).Run;

    internal (RunSummary Run, long Id) Run(string runId) => RunWhere("run_id = ?1", runId);

    internal DeliveredRun? FindRun(string server, long run) => store.Database.Read(connection => connection.Query(
        "SELECT mlflow_run_id, experiment_id, artifact_uri FROM delivered_runs WHERE server = ?1 AND run = ?2",
        row => new DeliveredRun(row.GetString(0), row.GetString(1), row.Text(2)), server, run)) is [var found] ? found : null;

    internal DeliveredRun? FindRun(string server, string runId) => store.Database.Read(connection => connection.Query(
        "SELECT d.mlflow_run_id, d.experiment_id, d.artifact_uri FROM delivered_runs d JOIN runs r ON r.id = d.run WHERE d.server = ?1 AND r.run_id = ?2",
        row => new DeliveredRun(row.GetString(0), row.GetString(1), row.Text(2)), server, runId)) is [var found] ? found : null;

    /// <summary>The runs on a server that made a model, by the model's digest.</summary>
    internal List<DeliveredRun> RunsOfModel(string server, string digest) => store.Database.Read(connection => connection.Query(
        "SELECT d.mlflow_run_id, d.experiment_id, d.artifact_uri FROM models m JOIN delivered_runs d ON d.run = m.run WHERE d.server = ?1 AND m.digest = ?2 ORDER BY m.id",
        row => new DeliveredRun(row.GetString(0), row.GetString(1), row.Text(2)), server, digest));

    internal void RememberRun(string server, long run, DeliveredRun delivered) => store.Database.Write(connection =>
    {
        Progress++;
        return connection.Execute(
            "INSERT OR REPLACE INTO delivered_runs (server, run, mlflow_run_id, experiment_id, artifact_uri) VALUES (?1, ?2, ?3, ?4, ?5)",
            server, run, delivered.MlflowRunId, delivered.ExperimentId, delivered.ArtifactUri);
    });

    private (RunSummary Run, long Id) RunWhere(string where, object value) => store.Database.Read(connection => connection.Query(
        $"SELECT run_id, name, experiment, parent_run_id, status, started, ended, id FROM runs WHERE {where}", Summary, value))[0];

    private static (RunSummary Run, long Id) Summary(SqliteDataReader row) => (
        new RunSummary(
            row.GetString(0), row.GetString(1), row.Text(2), row.Text(3), (RunStatus)row.GetInt32(4), row.Time(5),
            row.IsDBNull(6) ? null : row.Time(6)),
        row.GetInt64(7));
}
