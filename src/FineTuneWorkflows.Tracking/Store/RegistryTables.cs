using FineTuneWorkflows.Tracking.Registry;
using Microsoft.Data.Sqlite;

namespace FineTuneWorkflows.Tracking.Store;

/// <summary>The tables in which earlier versions kept what was registered. They are read once, for the registry's own file, and written no more.</summary>
public static class RegistryTables
{
    /// <summary>What the tables of a store hold: versions in the order of their registration, then aliases.</summary>
    /// <exception cref="TrackingException">The store cannot be read.</exception>
    public static IReadOnlyList<RegistryEntry> Read(TrackingStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        return store.Database.ReadTogether(connection => (IReadOnlyList<RegistryEntry>)[.. Versions(connection), .. Aliases(connection)]);
    }

    private static IEnumerable<RegistryEntry> Versions(SqliteConnection connection) => connection
        .Query(
            "SELECT id, name, version, digest, run_id, description, created FROM model_versions ORDER BY id",
            row => (Id: row.GetInt64(0), Name: row.GetString(1), Version: row.GetInt32(2), Digest: row.GetString(3), RunId: row.GetString(4), Description: row.Text(5), Created: row.Time(6)))
        .Select(row => new VersionRegistered(
            row.Created, row.Name, row.Version, row.Digest, row.RunId,
            connection.Query("SELECT key, value FROM model_version_metrics WHERE version = ?1", metric => KeyValuePair.Create(metric.GetString(0), metric.Number(1)), row.Id).ToDictionary(),
            connection.Query("SELECT digest FROM model_version_data WHERE version = ?1 ORDER BY digest", data => data.GetString(0), row.Id), row.Description));

    // When an alias was moved is not known; after its version was registered.
    private static IEnumerable<RegistryEntry> Aliases(SqliteConnection connection) => connection.Query(
        "SELECT a.name, a.alias, a.version, v.created FROM model_aliases a JOIN model_versions v ON v.name = a.name AND v.version = a.version ORDER BY a.name, a.alias",
        row => new AliasMoved(row.Time(3), row.GetString(0), row.GetString(1), row.GetInt32(2), null));
}
