using System.Data.Common;
using System.Security.Cryptography;
using FineTuneWorkflows.Server.Data;

namespace FineTuneWorkflows.Server.Security.Keys;

/// <summary>
/// The API keys: any number with a scope each, made and revoked at run time, and the one of the first start or the environment, which may do everything. Only hashes are stored.
/// </summary>
internal sealed class KeyStore(ServerDatabase database, SecretStore secrets, TimeProvider time)
{
    private const string Prefix = "ftw";
    private const string Columns = "id, name, scope, created, revoked";

    /// <summary>Makes a key.</summary>
    /// <returns>Its record, and the key, which is not kept.</returns>
    public async Task<(KeyRecord Record, string Key)> CreateAsync(string name, KeyScope scope, CancellationToken cancellationToken)
    {
        var record = new KeyRecord(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6)), name, scope.Text, time.GetUtcNow().Text(), null);
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        await database.ExecuteAsync(
            "INSERT INTO finetune_api_keys (id, name, scope, hash, created) VALUES (@id, @name, @scope, @hash, @created)",
            [("id", record.Id), ("name", name), ("scope", scope.Text), ("hash", SecretHash.OfKey(secret)), ("created", record.Created)], cancellationToken).ConfigureAwait(false);
        return (record, $"{Prefix}_{record.Id}_{secret}");
    }

    /// <summary>All keys, revoked ones included, oldest first.</summary>
    public Task<List<KeyRecord>> AllAsync(CancellationToken cancellationToken) =>
        database.QueryAsync($"SELECT {Columns} FROM finetune_api_keys ORDER BY created", [], Read, cancellationToken);

    /// <summary>Revokes a key at once, on every server of the database.</summary>
    /// <returns>False where there is no such key, or it was revoked before.</returns>
    public async Task<bool> RevokeAsync(string id, CancellationToken cancellationToken) => await database.ExecuteAsync(
        "UPDATE finetune_api_keys SET revoked = @now WHERE id = @id AND revoked IS NULL", [("id", id), ("now", time.GetUtcNow().Text())], cancellationToken).ConfigureAwait(false) == 1;

    /// <summary>What a key may do.</summary>
    /// <returns>Null where it is no key, or a revoked one.</returns>
    public async Task<KeyScope?> ScopeOfAsync(string key, CancellationToken cancellationToken)
    {
        if (key.Split('_') is [Prefix, var id, var secret])
        {
            var found = await database.QueryAsync(
                "SELECT hash, scope FROM finetune_api_keys WHERE id = @id AND revoked IS NULL", [("id", id)], reader => (Hash: reader.GetString(0), Scope: reader.GetString(1)), cancellationToken)
                .ConfigureAwait(false);
            if (found.Count == 1)
                return SecretHash.Verify(secret, found[0].Hash) ? KeyScope.Parse(found[0].Scope) : null;
        }

        return secrets.IsKey(key) ? KeyScope.Admin : null;
    }

    private static KeyRecord Read(DbDataReader reader) => new(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.IsDBNull(4) ? null : reader.GetString(4));
}
