using System.Globalization;
using FineTuneWorkflows.Tracking.Store;
using Microsoft.Data.Sqlite;

namespace FineTuneWorkflows.Tracking.Registry;

/// <summary>
/// Models by name and version, with aliases that point to versions, in the same file as the runs. What is registered survives a power cut.
/// Every member throws <see cref="TrackingException"/> when the file cannot be read or written.
/// </summary>
/// <param name="store">The store; it must stay open.</param>
/// <param name="clock">Tells the time of registration; the system's where null.</param>
public sealed class ModelRegistry(TrackingStore store, TimeProvider? clock = null)
{
    private const string Columns = "id, name, version, digest, run_id, description, created";

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    /// <summary>
    /// Registers a version. A model artifact is registered once per name: the same digest again gives the version there is, unchanged.
    /// </summary>
    /// <exception cref="TrackingException">The name is not allowed (<see cref="RegistryNames"/>).</exception>
    public ModelVersion Register(ModelVersionDraft draft)
    {
        ArgumentNullException.ThrowIfNull(draft);
        RegistryNames.CheckModel(draft.Name);
        ArgumentException.ThrowIfNullOrWhiteSpace(draft.Digest, nameof(draft));
        ArgumentException.ThrowIfNullOrWhiteSpace(draft.RunId, nameof(draft));
        return store.Database.WriteDurably(connection =>
        {
            if (One(connection, "name = ?1 AND digest = ?2", draft.Name, draft.Digest) is { } known) return known;
            var version = Latest(connection, draft.Name) + 1;
            connection.Execute(
                "INSERT INTO model_versions (name, version, digest, run_id, description, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                draft.Name, version, draft.Digest, draft.RunId, draft.Description, _clock.GetUtcNow());
            var id = connection.Scalar<long>("SELECT last_insert_rowid()");
            foreach (var (key, value) in draft.Metrics)
                connection.Execute("INSERT INTO model_version_metrics (version, key, value) VALUES (?1, ?2, ?3)", id, key, value);
            foreach (var digest in draft.DataDigests)
                connection.Execute("INSERT OR IGNORE INTO model_version_data (version, digest) VALUES (?1, ?2)", id, digest);
            return One(connection, "id = ?1", id)!;
        });
    }

    /// <summary>Points an alias to a version; it leaves the version that it pointed to before.</summary>
    /// <returns>The version that it pointed to before; null where the alias is new.</returns>
    /// <exception cref="TrackingException">The alias is not allowed, or there is no such version.</exception>
    public ModelVersion? SetAlias(string name, string alias, int version)
    {
        RegistryNames.CheckAlias(alias);
        return store.Database.WriteDurably(connection => Move(connection, name, alias, Version(connection, name, version)));
    }

    /// <summary>Takes an alias away.</summary>
    /// <returns>False where there was none.</returns>
    public bool RemoveAlias(string name, string alias) => store.Database.WriteDurably(
        connection => connection.Execute("DELETE FROM model_aliases WHERE name = ?1 AND alias = ?2", name, alias) == 1);

    /// <summary>
    /// Points an alias to a version if a gate holds; the comparison with the version that the alias points to, and the move, are one step.
    /// </summary>
    /// <param name="name">The registered model.</param>
    /// <param name="alias">The alias; what <c>champion</c> means in the gate is the version that this alias points to now.</param>
    /// <param name="version">The candidate.</param>
    /// <param name="gate">The gate; null always holds.</param>
    /// <exception cref="TrackingException">The alias is not allowed, or there is no such version.</exception>
    public Promotion Promote(string name, string alias, int version, ModelGate? gate = null)
    {
        RegistryNames.CheckAlias(alias);
        return store.Database.WriteDurably(connection =>
        {
            var candidate = Version(connection, name, version);
            var before = Aliased(connection, name, alias);
            var result = gate?.Evaluate(candidate, before);
            if (result is { Holds: false }) return new Promotion(false, before, result);
            Move(connection, name, alias, candidate);
            return new Promotion(true, before, result);
        });
    }

    /// <summary>The version that an alias points to; null where there is no such alias.</summary>
    public ModelVersion? FindAlias(string name, string alias) => store.Database.ReadTogether(connection => Aliased(connection, name, alias));

    /// <summary>Finds the version that <c>NAME@ALIAS</c>, <c>NAME/VERSION</c> or <c>NAME</c> (its latest) stands for.</summary>
    /// <exception cref="TrackingException">It is none of these, or there is no such model, alias or version; the message names those there
    /// are.</exception>
    public ModelVersion Resolve(string reference)
    {
        if (string.IsNullOrWhiteSpace(reference)) throw new TrackingException("A model is named as NAME, NAME/VERSION or NAME@ALIAS; this is empty.");
        return store.Database.ReadTogether(connection =>
        {
            if (reference.LastIndexOf('@') is >= 0 and var at)
            {
                var (name, alias) = (reference[..at], reference[(at + 1)..]);
                return Aliased(connection, Known(connection, name), alias)
                    ?? throw new TrackingException($"Model {name} has no alias '{alias}'. {Aliases(connection, name)}");
            }

            if (reference.LastIndexOf('/') is >= 0 and var slash)
            {
                var (name, number) = (reference[..slash], reference[(slash + 1)..]);
                return int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
                    ? Version(connection, name, version)
                    : throw new TrackingException(
                        $"'{reference}' names no model: '{number}' is no version number. Write NAME, NAME/VERSION or NAME@ALIAS.");
            }

            return One(connection, "name = ?1 ORDER BY version DESC LIMIT 1", Known(connection, reference))!;
        });
    }

    /// <summary>All versions: by name, then newest first.</summary>
    /// <param name="name">Only this model's; null for all.</param>
    public IReadOnlyList<ModelVersion> List(string? name = null) => store.Database.ReadTogether(
        connection => All(connection, "(?1 IS NULL OR name = ?1) ORDER BY name, version DESC", name));

    /// <summary>The digests of all registered models and of their data, sorted: what must not be cleaned away.</summary>
    public IReadOnlySet<string> ReferencedDigests() => store.Database.Read(connection => new SortedSet<string>(
        connection.Query("SELECT digest FROM model_versions UNION SELECT digest FROM model_version_data", row => row.GetString(0)),
        StringComparer.Ordinal));

    private static ModelVersion? Move(SqliteConnection connection, string name, string alias, ModelVersion version)
    {
        var before = Aliased(connection, name, alias);
        connection.Execute(
            "INSERT INTO model_aliases (name, alias, version) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET version = excluded.version",
            name, alias, version.Version);
        return before;
    }

    private static ModelVersion Version(SqliteConnection connection, string name, int version) =>
        One(connection, "name = ?1 AND version = ?2", Known(connection, name), version)
        ?? throw new TrackingException($"Model {name} has no version {version}; its latest is {Latest(connection, name)}.");

    private static long Latest(SqliteConnection connection, string name) =>
        connection.Scalar<long>("SELECT max(version) FROM model_versions WHERE name = ?1", name);

    private static ModelVersion? Aliased(SqliteConnection connection, string name, string alias) => One(
        connection, "name = ?1 AND version = (SELECT version FROM model_aliases WHERE name = ?1 AND alias = ?2)", name, alias);

    private static string Known(SqliteConnection connection, string name)
    {
        if (connection.Scalar<long>("SELECT count(*) FROM model_versions WHERE name = ?1", name) > 0) return name;
        var names = connection.Query("SELECT DISTINCT name FROM model_versions ORDER BY name LIMIT 10", row => row.GetString(0));
        throw new TrackingException(
            $"No model '{name}' is registered. " + (names.Count == 0 ? "None is yet." : $"Registered are: {string.Join(", ", names)}."));
    }

    private static string Aliases(SqliteConnection connection, string name)
    {
        var aliases = connection.Query("SELECT alias FROM model_aliases WHERE name = ?1 ORDER BY alias LIMIT 10", row => row.GetString(0), name);
        return aliases.Count == 0 ? "It has none yet." : $"It has: {string.Join(", ", aliases)}.";
    }

    private static ModelVersion? One(SqliteConnection connection, string where, params ReadOnlySpan<object?> values) =>
        All(connection, where, values) is [var version, ..] ? version : null;

    private static List<ModelVersion> All(SqliteConnection connection, string where, params ReadOnlySpan<object?> values) => connection
        .Query(
            $"SELECT {Columns} FROM model_versions WHERE {where}",
            row => (Id: row.GetInt64(0), Name: row.GetString(1), Version: row.GetInt32(2), Digest: row.GetString(3), RunId: row.GetString(4),
                Description: row.Text(5), Created: row.Time(6)),
            values)
        .ConvertAll(row => new ModelVersion(
            row.Name, row.Version, row.Digest, row.RunId, row.Description, row.Created,
            Metrics(connection, row.Id),
            connection.Query("SELECT digest FROM model_version_data WHERE version = ?1 ORDER BY digest", data => data.GetString(0), row.Id),
            connection.Query(
                "SELECT alias FROM model_aliases WHERE name = ?1 AND version = ?2 ORDER BY alias",
                alias => alias.GetString(0), row.Name, row.Version)));

    private static SortedDictionary<string, double> Metrics(SqliteConnection connection, long version)
    {
        var metrics = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var (key, value) in connection.Query(
            "SELECT key, value FROM model_version_metrics WHERE version = ?1", row => (row.GetString(0), row.Number(1)), version))
            metrics.Add(key, value);
        return metrics;
    }
}
