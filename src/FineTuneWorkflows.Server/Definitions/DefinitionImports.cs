using System.Data.Common;
using System.Globalization;
using FineTuneWorkflows.Server.Data;

namespace FineTuneWorkflows.Server.Definitions;

/// <summary>The server's memory of the definitions that came from files.</summary>
internal sealed class DefinitionImports(ServerDatabase database)
{
    private const string Columns = "definition_id, file, file_sha256, version, pending";

    public async Task<DefinitionImport?> FindAsync(string definitionId, CancellationToken cancellationToken) =>
        (await database.QueryAsync($"SELECT {Columns} FROM finetune_definitions WHERE definition_id = @id", [("id", definitionId)], Read, cancellationToken).ConfigureAwait(false)).SingleOrDefault();

    public Task<List<DefinitionImport>> AllAsync(CancellationToken cancellationToken) =>
        database.QueryAsync($"SELECT {Columns} FROM finetune_definitions ORDER BY definition_id", [], Read, cancellationToken);

    public Task SaveAsync(DefinitionImport import, CancellationToken cancellationToken) => database.ExecuteAsync(
        """
        INSERT INTO finetune_definitions (definition_id, file, file_sha256, version, pending) VALUES (@id, @file, @sha256, @version, @pending)
        ON CONFLICT (definition_id) DO UPDATE SET file = @file, file_sha256 = @sha256, version = @version, pending = @pending
        """,
        [("id", import.DefinitionId), ("file", import.File), ("sha256", import.FileSha256), ("version", import.Version), ("pending", import.IsPending ? 1 : 0)], cancellationToken);

    private static DefinitionImport Read(DbDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), reader.GetString(2), Convert.ToInt32(reader.GetValue(3), CultureInfo.InvariantCulture),
        Convert.ToInt32(reader.GetValue(4), CultureInfo.InvariantCulture) == 1);
}
