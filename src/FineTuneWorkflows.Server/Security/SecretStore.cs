using System.Security.Cryptography;
using FineTuneWorkflows.Foundation.Files;
using FineTuneWorkflows.Server.Data;
using FineTuneWorkflows.Server.Hosting;
using FineTuneWorkflows.Server.Security.Sessions;

namespace FineTuneWorkflows.Server.Security;

/// <summary>The admin's password and the API key: made at the first start and told once, or set by the environment. Only hashes are stored.</summary>
internal sealed class SecretStore(ServerDatabase database, ServerOptions options, SessionStore sessions, TimeProvider time)
{
    public const string AdminName = "admin";

    private const string Password = "admin-password";
    private const string Key = "api-key";
    private const int ShortestKey = 20;
    private const int ShortestPassword = 8;

    private string passwordHash = "";
    private string keyHash = "";

    /// <summary>Loads the hashes, making what is missing.</summary>
    /// <param name="tell">Is told each secret that was made, once.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="ServerException">A secret that the environment sets is too short.</exception>
    public async Task LoadAsync(Action<string, string> tell, CancellationToken cancellationToken)
    {
        passwordHash = await LoadAsync(Password, options.AdminPassword, "FINETUNE_ADMIN_PASSWORD", ShortestPassword, SecretHash.OfPassword, s => tell($"Password of {AdminName}", s), cancellationToken)
            .ConfigureAwait(false);
        keyHash = await LoadAsync(Key, options.ApiKey, "FINETUNE_API_KEY", ShortestKey, SecretHash.OfKey, s => tell("API key", s), cancellationToken).ConfigureAwait(false);
    }

    public bool IsPassword(string text) => SecretHash.Verify(text, passwordHash);

    public bool IsKey(string text) => SecretHash.Verify(text, keyHash);

    /// <summary>The key that signs log-in tokens; kept in a file that only this user can read.</summary>
    public static string SigningKey(ServerOptions options)
    {
        if (!File.Exists(options.SigningKeyFile))
            DurableFile.TryCreate(
                options.SigningKeyFile, System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(64))), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return File.ReadAllText(options.SigningKeyFile);
    }

    private async Task<string> LoadAsync(
        string name, string? given, string variable, int shortest, Func<string, string> hash, Action<string> tell, CancellationToken cancellationToken)
    {
        if (given is not null && given.Length < shortest)
            throw new ServerException($"{variable} must have at least {shortest} characters; it has {given.Length}");
        var stored = await StoredAsync(name, cancellationToken).ConfigureAwait(false);
        if (stored is null)
        {
            var secret = given ?? Convert.ToBase64String(RandomNumberGenerator.GetBytes(24)).Replace('+', '-').Replace('/', '_');
            var first = hash(secret);
            // Of servers that start together the first one's holds, and only that is told.
            if (await SaveAsync("DO NOTHING", name, first, cancellationToken).ConfigureAwait(false) == 1)
            {
                if (given is null)
                    tell(secret);
                return first;
            }

            stored = await StoredAsync(name, cancellationToken).ConfigureAwait(false) ?? throw new ServerException($"the hash of {name} was deleted from the database while the server started; start it again");
        }

        if (given is null || SecretHash.Verify(given, stored))
            return stored;
        var made = hash(given);
        await SaveAsync("DO UPDATE SET hash = @hash, created = @now", name, made, cancellationToken).ConfigureAwait(false);
        // Who knew the old password must know the new one.
        if (name == Password)
            await sessions.EndAllAsync(AdminName, cancellationToken).ConfigureAwait(false);
        return made;
    }

    private async Task<string?> StoredAsync(string name, CancellationToken cancellationToken) =>
        (await database.QueryAsync("SELECT hash FROM finetune_secrets WHERE name = @name", [("name", name)], reader => reader.GetString(0), cancellationToken).ConfigureAwait(false)).SingleOrDefault();

    private Task<int> SaveAsync(string conflict, string name, string hash, CancellationToken cancellationToken) => database.ExecuteAsync(
        $"INSERT INTO finetune_secrets (name, hash, created) VALUES (@name, @hash, @now) ON CONFLICT (name) {conflict}",
        [("name", name), ("hash", hash), ("now", time.GetUtcNow().Text())], cancellationToken);
}
