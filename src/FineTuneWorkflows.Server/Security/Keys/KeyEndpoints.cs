using FineTuneWorkflows.Server.Observability;

namespace FineTuneWorkflows.Server.Security.Keys;

/// <summary>The API for API keys: list, make, revoke. For admins only.</summary>
internal static class KeyEndpoints
{
    private const int LongestName = 100;

    public static void MapKeys(this IEndpointRouteBuilder app)
    {
        var keys = app.MapGroup("/api/keys").RequirePermission(Permissions.All);
        keys.MapGet("", async (KeyStore store, CancellationToken cancellationToken) => Results.Json(await store.AllAsync(cancellationToken).ConfigureAwait(false)));
        keys.MapPost("", CreateAsync);
        keys.MapDelete("/{id}", async (string id, KeyStore store, ILogger<KeyStore> logger, CancellationToken cancellationToken) =>
        {
            if (!await store.RevokeAsync(id, cancellationToken).ConfigureAwait(false))
                return Results.NotFound(new { error = $"there is no API key {id} that holds" });
            logger.KeyRevoked(id);
            return Results.Ok(new { id, revoked = true });
        });
    }

    private static async Task<IResult> CreateAsync(KeyWish wish, KeyStore store, ILogger<KeyStore> logger, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(wish.Name) || wish.Name.Length > LongestName || wish.Name.Any(char.IsControl))
            return Results.BadRequest(new { error = $"name must say what the key is for, in 1 to {LongestName} characters" });
        if (KeyScope.Parse(wish.Scope) is not { } scope)
            return Results.BadRequest(new { error = $"scope must be {KeyScope.Forms}, got '{wish.Scope}'" });
        var (record, key) = await store.CreateAsync(wish.Name, scope, cancellationToken).ConfigureAwait(false);
        logger.KeyMade(record.Id, record.Name, record.Scope);
        return Results.Created($"/api/keys/{record.Id}", new { record.Id, record.Name, record.Scope, record.Created, key });
    }

    internal sealed record KeyWish(string? Name, string? Scope);
}
