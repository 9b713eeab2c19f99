using Microsoft.Data.Sqlite;

namespace FineTuneWorkflows.Tracking.Store;

/// <summary>The tables of <c>state.db</c>. Its <c>user_version</c> counts the migrations applied; they are only ever added to.</summary>
internal static class Schema
{
    internal static int Version => Migrations.Length;

    private static readonly string[] Migrations =
    [
        // Times are Unix milliseconds. A metric that is NaN has a NULL value, since SQLite stores no NaN.
        // Outbox rows of metrics name their rows by first and last id instead of repeating them.
        """
        CREATE TABLE positions (source TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE runs (
            id INTEGER PRIMARY KEY, run_id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, experiment TEXT, parent_run_id TEXT,
            status INTEGER NOT NULL, started INTEGER NOT NULL, ended INTEGER);
        CREATE INDEX runs_started ON runs (started);
        CREATE TABLE parameters (run INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (run, key)) WITHOUT ROWID;
        CREATE TABLE tags (run INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (run, key)) WITHOUT ROWID;
        CREATE TABLE metric_keys (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE);
        CREATE TABLE metrics (
            id INTEGER PRIMARY KEY, run INTEGER NOT NULL, key INTEGER NOT NULL, step INTEGER NOT NULL, time INTEGER NOT NULL, value REAL);
        CREATE INDEX metrics_history ON metrics (run, key, step, time);
        CREATE TABLE latest_metrics (
            run INTEGER NOT NULL, key INTEGER NOT NULL, step INTEGER NOT NULL, time INTEGER NOT NULL, value REAL,
            PRIMARY KEY (run, key)) WITHOUT ROWID;
        CREATE TABLE datasets (
            id INTEGER PRIMARY KEY, run INTEGER NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL, source TEXT NOT NULL, source_type TEXT NOT NULL,
            context TEXT NOT NULL, profile TEXT, UNIQUE (run, name, digest, context));
        CREATE TABLE artifacts (
            id INTEGER PRIMARY KEY, run INTEGER NOT NULL, path TEXT NOT NULL, local_path TEXT NOT NULL, digest TEXT, UNIQUE (run, path));
        CREATE TABLE models (
            id INTEGER PRIMARY KEY, run INTEGER NOT NULL, digest TEXT NOT NULL, event TEXT NOT NULL, UNIQUE (run, digest));
        CREATE TABLE outbox (
            seq INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER NOT NULL, kind TEXT NOT NULL, event TEXT, first_metric INTEGER, last_metric INTEGER);
        CREATE TABLE model_versions (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL, version INTEGER NOT NULL, digest TEXT NOT NULL, run_id TEXT NOT NULL, description TEXT,
            created INTEGER NOT NULL, UNIQUE (name, version), UNIQUE (name, digest));
        CREATE TABLE model_version_metrics (
            version INTEGER NOT NULL, key TEXT NOT NULL, value REAL, PRIMARY KEY (version, key)) WITHOUT ROWID;
        CREATE TABLE model_version_data (version INTEGER NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (version, digest)) WITHOUT ROWID;
        CREATE TABLE model_aliases (name TEXT NOT NULL, alias TEXT NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (name, alias)) WITHOUT ROWID;
        """,
        // What the shipper knows of a server, and what a server would not take.
        """
        CREATE TABLE delivered_runs (
            server TEXT NOT NULL, run INTEGER NOT NULL, mlflow_run_id TEXT NOT NULL, experiment_id TEXT NOT NULL, artifact_uri TEXT,
            PRIMARY KEY (server, run)) WITHOUT ROWID;
        CREATE TABLE refused (
            seq INTEGER PRIMARY KEY, run INTEGER NOT NULL, kind TEXT NOT NULL, event TEXT, first_metric INTEGER, last_metric INTEGER,
            reason TEXT NOT NULL);
        """,
        // The events stay when a server has them, since another may want them, too: how far each server is told of a run stands in deliveries.
        // Of runs that were delivered before, the events are gone (whole = 0).
        """
        ALTER TABLE runs ADD COLUMN experiment_id TEXT;
        ALTER TABLE runs ADD COLUMN mlflow_run_id TEXT;
        ALTER TABLE runs ADD COLUMN last_event INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE runs ADD COLUMN whole INTEGER NOT NULL DEFAULT 1;
        CREATE TABLE deliveries (
            server TEXT NOT NULL, run INTEGER NOT NULL, position INTEGER NOT NULL DEFAULT 0, part INTEGER, part_metric INTEGER,
            mlflow_run_id TEXT, experiment_id TEXT, artifact_uri TEXT, made_anew INTEGER NOT NULL DEFAULT 0, experiment TEXT,
            held TEXT, held_because INTEGER, PRIMARY KEY (server, run)) WITHOUT ROWID;
        CREATE INDEX deliveries_run ON deliveries (run);
        INSERT INTO deliveries (server, run, mlflow_run_id, experiment_id, artifact_uri)
            SELECT server, run, mlflow_run_id, experiment_id, artifact_uri FROM delivered_runs;
        UPDATE runs SET whole = 0 WHERE id IN (SELECT run FROM delivered_runs);
        CREATE TABLE refusals (
            server TEXT NOT NULL, seq INTEGER NOT NULL, run INTEGER NOT NULL, reason TEXT NOT NULL, state INTEGER NOT NULL,
            PRIMARY KEY (server, seq)) WITHOUT ROWID;
        INSERT OR IGNORE INTO outbox (seq, run, kind, event, first_metric, last_metric)
            SELECT seq, run, kind, event, first_metric, last_metric FROM refused;
        INSERT INTO refusals (server, seq, run, reason, state)
            SELECT d.server, r.seq, r.run, r.reason, 0 FROM refused r JOIN delivered_runs d ON d.run = r.run;
        DROP TABLE delivered_runs;
        DROP TABLE refused;
        CREATE INDEX outbox_run ON outbox (run, seq);
        UPDATE runs SET last_event = coalesce((SELECT max(seq) FROM outbox WHERE run = runs.id), 0);
        CREATE TABLE server_versions (
            server TEXT NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL, version TEXT NOT NULL, alias TEXT, note TEXT,
            PRIMARY KEY (server, name, digest)) WITHOUT ROWID;
        """,
        "ALTER TABLE datasets ADD COLUMN schema TEXT",
    ];

    /// <summary>Brings the tables up to date; several processes may try at once.</summary>
    internal static void Migrate(SqliteConnection connection, string path)
    {
        if (Read(connection, path) == Version) return;
        // Readers and a writer do not wait for each other in this mode. It is a property of the file and cannot change in a transaction.
        connection.Execute("PRAGMA journal_mode = WAL");
        using var transaction = connection.BeginTransaction(deferred: false);
        for (var version = Read(connection, path); version < Version; version++)
            connection.Execute(Migrations[version]);
        connection.Execute($"PRAGMA user_version = {Version}");
        transaction.Commit();
    }

    private static int Read(SqliteConnection connection, string path)
    {
        var version = (int)connection.Scalar<long>("PRAGMA user_version");
        return version <= Version
            ? version
            : throw new TrackingException(
                $"{path} was written by a newer version of this program (schema {version}; this one knows {Version}). "
                + "Update the program, or use another home.");
    }
}
