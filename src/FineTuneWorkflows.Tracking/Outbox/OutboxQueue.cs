using FineTuneWorkflows.Tracking.Events;
using FineTuneWorkflows.Tracking.Mlflow;
using FineTuneWorkflows.Tracking.Store;
using Microsoft.Data.Sqlite;

namespace FineTuneWorkflows.Tracking.Outbox;

/// <summary>
/// The events of a store that one server has yet to be told, in order. Events are kept when they are delivered; each server has a position of
/// its own in each run. A run that no other server knows is for any server that comes; one that another knows is for that one alone, until
/// <see cref="Add"/> or <see cref="AddAll"/> says otherwise. Every member throws <see cref="TrackingException"/> when the file fails.
/// </summary>
public sealed class OutboxQueue
{
    // The states of a refusal: it waits for the user's word, is to be tried again, is given up.
    private const int Waits = 0, Again = 1, GivenUp = 2;

    // ?1 is the server. What is refused waits for the user; what is to be tried again lies before the position.
    private const string Pending = $"""
        FROM runs r LEFT JOIN deliveries d ON d.server = ?1 AND d.run = r.id JOIN outbox o ON o.run = r.id AND o.seq > coalesce(d.position, 0)
        WHERE r.last_event > coalesce(d.position, 0) AND d.held IS NULL
          AND (d.run IS NOT NULL OR NOT EXISTS (SELECT 1 FROM deliveries e WHERE e.run = r.id AND e.mlflow_run_id IS NOT NULL))
          AND NOT EXISTS (SELECT 1 FROM refusals f WHERE f.server = ?1 AND f.seq = o.seq)
        """;

    private const string ToTryAgain = """
        FROM refusals f JOIN outbox o ON o.seq = f.seq JOIN deliveries d ON d.server = ?1 AND d.run = f.run
        WHERE f.server = ?1 AND f.state = 1 AND d.held IS NULL
        """;

    private const string FirstMetric = "CASE WHEN o.seq = d.part THEN d.part_metric ELSE o.first_metric END";

    private readonly TrackingStore _store;
    private readonly string _server;

    /// <summary>Makes the queue of one server.</summary>
    /// <param name="store">The store; it must stay open.</param>
    /// <param name="server">The server; its address without user and password is what the store knows it by.</param>
    public OutboxQueue(TrackingStore store, MlflowOptions server)
    {
        ArgumentNullException.ThrowIfNull(server);
        (_store, _server) = (store, server.Address);
    }

    /// <summary>How much waits, and how much was refused, the events of runs that are held up included.</summary>
    public OutboxStatus Status() => _store.Database.ReadTogether(connection =>
    {
        var waiting = Count(connection, Pending);
        var again = Count(connection, ToTryAgain);
        var refused = connection.Scalar<long>($"SELECT count(*) FROM refusals WHERE server = ?1 AND state = {Waits}", _server);
        var held = connection.Scalar<long>(
            "SELECT count(*) FROM deliveries d JOIN outbox o ON o.run = d.run AND o.seq > d.position WHERE d.server = ?1 AND d.held IS NOT NULL", _server);
        return new OutboxStatus(waiting.Events + again.Events, waiting.Metrics + again.Metrics, refused + held);
    });

    /// <summary>What the server would not take: runs that are held up as a whole first, then single events, oldest first.</summary>
    /// <param name="limit">At most this many.</param>
    public IReadOnlyList<RefusedEvent> Refused(int limit = 100) => _store.Database.ReadTogether(connection => connection.Query(
        $"""
        SELECT r.run_id, 'run', d.held, (SELECT count(*) FROM outbox o WHERE o.run = d.run AND o.seq > d.position), -1 AS place
        FROM deliveries d JOIN runs r ON r.id = d.run WHERE d.server = ?1 AND d.held IS NOT NULL
        UNION ALL
        SELECT r.run_id, o.kind, f.reason, 1, f.seq FROM refusals f JOIN runs r ON r.id = f.run JOIN outbox o ON o.seq = f.seq
        WHERE f.server = ?1 AND f.state = {Waits} ORDER BY place, run_id LIMIT ?2
        """,
        row => new RefusedEvent(row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt64(3)), _server, limit));

    /// <summary>Puts what was refused or is held up into the queue again, at its old place, for when the reason is gone.</summary>
    /// <returns>How many events.</returns>
    public long RetryRefused() => _store.Database.Write(connection =>
    {
        var events = AllRefused(connection);
        connection.Execute($"UPDATE refusals SET state = {Again} WHERE server = ?1 AND state = {Waits}", _server);
        connection.Execute("UPDATE deliveries SET held = NULL, held_because = NULL WHERE server = ?1 AND held IS NOT NULL", _server);
        return events;
    });

    /// <summary>Gives up what was refused or is held up: this server is not told of it any more. What is kept here stays.</summary>
    /// <returns>How many events.</returns>
    public long DiscardRefused() => _store.Database.Write(connection =>
    {
        var events = AllRefused(connection);
        connection.Execute($"UPDATE refusals SET state = {GivenUp} WHERE server = ?1 AND state = {Waits}", _server);
        connection.Execute(
            """
            UPDATE deliveries SET position = (SELECT last_event FROM runs WHERE id = run), held = NULL, held_because = NULL
            WHERE server = ?1 AND held IS NOT NULL
            """, _server);
        return events;
    });

    /// <summary>Says that this server is to be told of all runs, those included that another server was told of.</summary>
    /// <returns>How many of them are known in part only: an earlier version of this program did not keep what it had delivered.</returns>
    public long AddAll() => _store.Database.Write(connection =>
    {
        var known = connection.Scalar<long>(
            "SELECT count(*) FROM runs WHERE whole = 0 AND id NOT IN (SELECT run FROM deliveries WHERE server = ?1)", _server);
        connection.Execute("INSERT OR IGNORE INTO deliveries (server, run) SELECT ?1, id FROM runs", _server);
        return known;
    });

    /// <summary>Says that this server is to be told of a run, whoever else was.</summary>
    public void Add(string runId) => _store.Database.Write(connection =>
        connection.Execute("INSERT OR IGNORE INTO deliveries (server, run) SELECT ?1, id FROM runs WHERE run_id = ?2", _server, runId));

    /// <summary>The version that a model became on the server; null where it is not known there.</summary>
    public ServerVersion? FindVersion(string name, string digest) => _store.Database.Read(connection => connection.Query(
        "SELECT version, alias, note FROM server_versions WHERE server = ?1 AND name = ?2 AND digest = ?3",
        row => new ServerVersion(row.GetString(0), row.Text(1), row.Text(2)), _server, name, digest)) is [var found] ? found : null;

    internal void RememberVersion(string name, string digest, string version, string? alias = null, string? note = null) => _store.Database.Write(connection =>
        connection.Execute(
            """
            INSERT INTO server_versions (server, name, digest, version, alias, note) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT DO UPDATE SET version = excluded.version, alias = excluded.alias, note = excluded.note
            """, _server, name, digest, version, alias, note));

    /// <summary>Counts what this object took out of the queue or learned: it tells progress from standstill.</summary>
    internal long Progress { get; private set; }

    /// <summary>The oldest events, in order; they lie within a stretch of <paramref name="span"/> events of all servers.</summary>
    internal List<OutboxRow> Next(int span) => _store.Database.ReadTogether(connection =>
    {
        // Each run is asked for its first: what was delivered long ago is not read again.
        var first = connection.Scalar<long?>(
            $"""
            SELECT min(seq) FROM (
              SELECT (SELECT min(o.seq) FROM outbox o WHERE o.run = r.id AND o.seq > coalesce(d.position, 0)
                AND NOT EXISTS (SELECT 1 FROM refusals f WHERE f.server = ?1 AND f.seq = o.seq)) AS seq
              FROM runs r LEFT JOIN deliveries d ON d.server = ?1 AND d.run = r.id
              WHERE r.last_event > coalesce(d.position, 0) AND d.held IS NULL
                AND (d.run IS NOT NULL OR NOT EXISTS (SELECT 1 FROM deliveries e WHERE e.run = r.id AND e.mlflow_run_id IS NOT NULL))
              UNION ALL SELECT o.seq {ToTryAgain})
            """, _server);
        return first is null ? [] : connection.Query(
            $"""
            SELECT o.seq, o.run, o.kind, o.event, coalesce({FirstMetric}, 0), coalesce(o.last_metric, -1) {Pending} AND o.seq >= ?2 AND o.seq < ?3
            UNION ALL
            SELECT o.seq, o.run, o.kind, o.event, coalesce({FirstMetric}, 0), coalesce(o.last_metric, -1) {ToTryAgain} AND o.seq >= ?2 AND o.seq < ?3
            ORDER BY 1
            """,
            row => new OutboxRow(row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.Text(3), row.GetInt64(4), row.GetInt64(5)),
            _server, first.Value, first.Value + span);
    });

    internal bool IsEmpty() => Next(1).Count == 0;

    /// <summary>Metrics of a run by id, at most <paramref name="limit"/> of them, with the key as it was logged.</summary>
    internal List<MetricPoint> Metrics(long first, long last, int limit) => _store.Database.Read(connection => connection.Query(
        "SELECT k.key, m.value, m.step, m.time FROM metrics m JOIN metric_keys k ON k.id = m.key WHERE m.id BETWEEN ?1 AND ?2 ORDER BY m.id LIMIT ?3",
        row => new MetricPoint(row.GetString(0), row.Number(1), row.GetInt64(2), row.Time(3)), first, last, limit));

    /// <summary>Moves the position behind what was delivered: whole rows of one run, and the first metrics of the next.</summary>
    internal void Delivered(long run, IReadOnlyCollection<long> sequences, (long Sequence, long FirstLeft)? part = null) => _store.Database.Write(connection =>
    {
        Progress++;
        if (sequences.Count > 0)
        {
            connection.Execute("UPDATE deliveries SET position = max(position, ?3) WHERE server = ?1 AND run = ?2", _server, run, sequences.Max());
            using var delete = connection.Prepared("DELETE FROM refusals WHERE server = ?1 AND seq = ?2", 2);
            foreach (var sequence in sequences) delete.Run(_server, sequence);
        }

        return part is { } left
            ? connection.Execute("UPDATE deliveries SET part = ?3, part_metric = ?4 WHERE server = ?1 AND run = ?2", _server, run, left.Sequence, left.FirstLeft)
            : 0;
    });

    /// <summary>The event of a row that has one, with the paths that its files have now.</summary>
    /// <exception cref="System.Text.Json.JsonException">The row holds no event.</exception>
    internal TrackingEvent EventOf(OutboxRow row) => _store.Paths.Given(TrackingEventJson.Read(row.Kind, row.Event!));

    internal void Refuse(OutboxRow row, string reason) => _store.Database.Write(connection =>
    {
        Progress++;
        connection.Execute(
            $"INSERT OR REPLACE INTO refusals (server, seq, run, reason, state) VALUES (?1, ?2, ?3, ?4, {Waits})", _server, row.Sequence, row.Run, reason);
        return connection.Execute("UPDATE deliveries SET position = max(position, ?3) WHERE server = ?1 AND run = ?2", _server, row.Run, row.Sequence);
    });

    /// <summary>Holds up all events of a run until the user says what to do.</summary>
    internal void Hold(long run, HoldReason because, string reason) => _store.Database.Write(connection =>
    {
        Progress++;
        return connection.Execute(
            """
            INSERT INTO deliveries (server, run, held, held_because) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT DO UPDATE SET held = excluded.held, held_because = excluded.held_because
            """, _server, run, reason, (int)because);
    });

    internal List<HeldRun> Held() => _store.Database.Read(connection => connection.Query(
        """
        SELECT d.run, r.run_id, d.held_because, d.mlflow_run_id, r.mlflow_run_id, d.experiment_id, coalesce(d.experiment, r.experiment), r.experiment_id, r.whole
        FROM deliveries d JOIN runs r ON r.id = d.run WHERE d.server = ?1 AND d.held IS NOT NULL ORDER BY d.run
        """,
        row => new HeldRun(
            row.GetInt64(0), row.GetString(1), (HoldReason)row.GetInt32(2), row.Text(3) ?? row.Text(4), row.Text(5) ?? row.Text(7), row.Text(6), row.GetInt64(8) != 0),
        _server));

    /// <summary>Lets a run that is held up go on where it stood, what was refused of it included.</summary>
    internal void Release(long run) => _store.Database.Write(connection =>
    {
        connection.Execute("UPDATE deliveries SET held = NULL, held_because = NULL WHERE server = ?1 AND run = ?2", _server, run);
        return connection.Execute($"UPDATE refusals SET state = {Again} WHERE server = ?1 AND run = ?2 AND state = {Waits}", _server, run);
    });

    /// <summary>Forgets what the server knew of a run: all of it is delivered to a new one.</summary>
    /// <param name="run">The run.</param>
    /// <param name="experiment">The experiment of the new one; null for that of the old one.</param>
    internal void StartAnew(long run, string? experiment) => _store.Database.Write(connection =>
    {
        connection.Execute(
            """
            UPDATE deliveries SET position = 0, part = NULL, part_metric = NULL, mlflow_run_id = NULL, experiment_id = NULL, artifact_uri = NULL,
              made_anew = 1, experiment = coalesce(?3, experiment), held = NULL, held_because = NULL WHERE server = ?1 AND run = ?2
            """, _server, run, experiment);
        return connection.Execute("DELETE FROM refusals WHERE server = ?1 AND run = ?2", _server, run);
    });

    internal QueuedRun Run(long run) => RunWhere("r.id = ?2", run);

    internal QueuedRun Run(string runId) => RunWhere("r.run_id = ?2", runId);

    internal DeliveredRun? FindRun(long run) => Deliveries("d.run = ?2", run) is [var found, ..] ? found : null;

    internal DeliveredRun? FindRun(string runId) => Deliveries("d.run = (SELECT id FROM runs WHERE run_id = ?2)", runId) is [var found, ..] ? found : null;

    /// <summary>The runs on the server that made a model, by the model's digest.</summary>
    internal List<DeliveredRun> RunsOfModel(string digest) => Deliveries("d.run IN (SELECT run FROM models WHERE digest = ?2) ORDER BY d.run", digest);

    /// <summary>The runs on the server that are parts of a run.</summary>
    internal List<DeliveredRun> ChildrenOf(string runId) => Deliveries("d.run IN (SELECT id FROM runs WHERE parent_run_id = ?2) ORDER BY d.run", runId);

    internal void RememberRun(long run, DeliveredRun delivered) => _store.Database.Write(connection =>
    {
        Progress++;
        return connection.Execute(
            """
            INSERT INTO deliveries (server, run, mlflow_run_id, experiment_id, artifact_uri) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT DO UPDATE SET mlflow_run_id = excluded.mlflow_run_id, experiment_id = excluded.experiment_id, artifact_uri = excluded.artifact_uri
            """,
            _server, run, delivered.MlflowRunId, delivered.ExperimentId, delivered.ArtifactUri);
    });

    private (long Events, long Metrics) Count(SqliteConnection connection, string which) => connection.Query(
        $"SELECT count(*), coalesce(sum(o.last_metric - {FirstMetric} + 1), 0) {which}", row => (row.GetInt64(0), row.GetInt64(1)), _server)[0];

    private long AllRefused(SqliteConnection connection) => connection.Scalar<long>(
        $"""
        SELECT (SELECT count(*) FROM refusals WHERE server = ?1 AND state = {Waits}) + (
          SELECT count(*) FROM deliveries d JOIN outbox o ON o.run = d.run AND o.seq > d.position WHERE d.server = ?1 AND d.held IS NOT NULL)
        """, _server);

    private List<DeliveredRun> Deliveries(string where, object value) => _store.Database.Read(connection => connection.Query(
        $"SELECT d.mlflow_run_id, d.experiment_id, d.artifact_uri FROM deliveries d WHERE d.server = ?1 AND d.mlflow_run_id IS NOT NULL AND {where}",
        row => new DeliveredRun(row.GetString(0), row.GetString(1), row.Text(2)), _server, value));

    private QueuedRun RunWhere(string where, object value) => _store.Database.Read(connection => connection.Query(
        $"""
        SELECT r.id, r.run_id, r.name, r.parent_run_id, r.started, coalesce(d.experiment, r.experiment),
          CASE WHEN d.experiment IS NULL THEN r.experiment_id END, CASE WHEN coalesce(d.made_anew, 0) = 0 THEN r.mlflow_run_id END
        FROM runs r LEFT JOIN deliveries d ON d.server = ?1 AND d.run = r.id WHERE {where}
        """,
        row => new QueuedRun(
            row.GetInt64(0), row.GetString(1), row.GetString(2), row.Text(3), row.Time(4), row.Text(5), row.Text(6), row.Text(7)), _server, value))[0];
}
