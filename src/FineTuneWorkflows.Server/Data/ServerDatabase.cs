using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace FineTuneWorkflows.Server.Data;

/// <summary>The server's own tables: stage jobs, webhook deliveries, hashes of secrets and API keys, ended sessions, imported definitions. SQLite or PostgreSQL, with the same statements.</summary>
public sealed class ServerDatabase : IAsyncDisposable
{
    // Any number that nobody else on the database uses; released with the transaction.
    private const string SchemaLock = "SELECT pg_advisory_xact_lock(7046029254386353131)";

    // Texts for times and 0/1 for truth values: the same in both databases.
    private static readonly string[] Schema =
    [
        """
        CREATE TABLE IF NOT EXISTS finetune_stage_jobs (
            id TEXT PRIMARY KEY,
            instance_id TEXT NOT NULL,
            activity_instance_id TEXT NOT NULL,
            stage TEXT NOT NULL,
            resource TEXT NOT NULL,
            request TEXT NOT NULL,
            status TEXT NOT NULL,
            token BIGINT NOT NULL DEFAULT 0,
            crashes INTEGER NOT NULL DEFAULT 0,
            cancel INTEGER NOT NULL DEFAULT 0,
            progress TEXT,
            result TEXT,
            created TEXT NOT NULL,
            changed TEXT NOT NULL)
        """,
        "CREATE INDEX IF NOT EXISTS finetune_stage_jobs_instance ON finetune_stage_jobs (instance_id)",
        "CREATE INDEX IF NOT EXISTS finetune_stage_jobs_status ON finetune_stage_jobs (status)",
        """
        CREATE TABLE IF NOT EXISTS finetune_deliveries (
            delivery_key TEXT PRIMARY KEY,
            body_sha256 TEXT NOT NULL,
            instance_id TEXT NOT NULL,
            created TEXT NOT NULL)
        """,
        """
        CREATE TABLE IF NOT EXISTS finetune_secrets (
            name TEXT PRIMARY KEY,
            hash TEXT NOT NULL,
            created TEXT NOT NULL)
        """,
        """
        CREATE TABLE IF NOT EXISTS finetune_api_keys (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            scope TEXT NOT NULL,
            hash TEXT NOT NULL,
            created TEXT NOT NULL,
            revoked TEXT)
        """,
        """
        CREATE TABLE IF NOT EXISTS finetune_sessions (
            user_name TEXT PRIMARY KEY,
            ended TEXT NOT NULL)
        """,
        """
        CREATE TABLE IF NOT EXISTS finetune_definitions (
            definition_id TEXT PRIMARY KEY,
            file TEXT NOT NULL,
            file_sha256 TEXT NOT NULL,
            version INTEGER NOT NULL,
            pending INTEGER NOT NULL DEFAULT 0)
        """,
        """
        CREATE TABLE IF NOT EXISTS finetune_home (
            one INTEGER PRIMARY KEY,
            home_id TEXT NOT NULL,
            place TEXT NOT NULL)
        """,
        """
        CREATE TABLE IF NOT EXISTS finetune_schedules (
            definition_id TEXT NOT NULL,
            activity_id TEXT NOT NULL,
            occurrence TEXT NOT NULL,
            instance_id TEXT,
            waiting INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (definition_id, activity_id))
        """,
    ];

    private readonly DbDataSource source;

    /// <summary>Opens the database.</summary>
    /// <param name="postgreSql">PostgreSQL's connection string, or null for SQLite.</param>
    /// <param name="sqliteFile">The SQLite file.</param>
    public ServerDatabase(string? postgreSql, string sqliteFile)
    {
        IsPostgreSql = postgreSql is not null;
        source = postgreSql is not null
            ? NpgsqlDataSource.Create(postgreSql)
            : SqliteFactory.Instance.CreateDataSource($"Data Source={sqliteFile};Default Timeout=30");
    }

    /// <summary>Whether it is PostgreSQL rather than SQLite.</summary>
    public bool IsPostgreSql { get; }

    /// <summary>Makes the tables where there are none; servers that start together wait for one another.</summary>
    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        if (!IsPostgreSql)
            await ExecuteAsync("PRAGMA journal_mode = WAL", [], cancellationToken).ConfigureAwait(false);
        await using var connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        // PostgreSQL's IF NOT EXISTS fails where two servers that start together make the same table.
        foreach (var statement in IsPostgreSql ? Schema.Prepend(SchemaLock) : Schema)
        {
            await using var command = Command(connection, statement, []);
            command.Transaction = transaction;
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs a statement.</summary>
    /// <returns>The number of rows changed.</returns>
    public async Task<int> ExecuteAsync(string sql, (string Name, object? Value)[] parameters, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var command = Command(connection, sql, parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs a query.</summary>
    /// <param name="sql">The query, with <c>@name</c> parameters.</param>
    /// <param name="parameters">Their values.</param>
    /// <param name="read">Makes an item of a row.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<List<T>> QueryAsync<T>(string sql, (string Name, object? Value)[] parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var command = Command(connection, sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            rows.Add(read(reader));
        return rows;
    }

    /// <summary>A query that a stage's fence asks from its own thread.</summary>
    public List<T> Query<T>(string sql, (string Name, object? Value)[] parameters, Func<DbDataReader, T> read)
    {
        using var connection = source.OpenConnection();
        using var command = Command(connection, sql, parameters);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(read(reader));
        return rows;
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => source.DisposeAsync();

    // Every statement is a constant of this project; values only ever arrive as parameters.
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA2100:Review SQL queries for security vulnerabilities", Justification = "Only constant statements come here.")]
    private static DbCommand Command(DbConnection connection, string sql, (string Name, object? Value)[] parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
