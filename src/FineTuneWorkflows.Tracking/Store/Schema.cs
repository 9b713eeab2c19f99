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
