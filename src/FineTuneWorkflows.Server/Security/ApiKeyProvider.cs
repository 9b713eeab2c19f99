using System.Security.Claims;
using AspNetCore.Authentication.ApiKey;
using Elsa.Identity.Models;
using FineTuneWorkflows.Server.Security.Keys;

namespace FineTuneWorkflows.Server.Security;

/// <summary>Takes an API key in <c>Authorization: ApiKey ...</c>. A webhook's key opens nothing but its webhook.</summary>
internal sealed class ApiKeyProvider(KeyStore keys) : IApiKeyProvider
{
    public async Task<IApiKey?> ProvideAsync(string key) =>
        await keys.ScopeOfAsync(key, CancellationToken.None).ConfigureAwait(false) is { Webhook: null } scope
            ? new ApiKey(key, "api-key", [.. scope.Claims(), new Claim(ClaimTypes.Name, SecretStore.AdminName)])
            : null;
}
