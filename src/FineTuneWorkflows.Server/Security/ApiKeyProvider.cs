using System.Security.Claims;
using AspNetCore.Authentication.ApiKey;
using Elsa.Identity.Models;

namespace FineTuneWorkflows.Server.Security;

/// <summary>Takes the API key in <c>Authorization: ApiKey ...</c>.</summary>
internal sealed class ApiKeyProvider(SecretStore secrets) : IApiKeyProvider
{
    public Task<IApiKey?> ProvideAsync(string key) =>
        Task.FromResult<IApiKey?>(secrets.IsKey(key) ? new ApiKey(key, "api-key", [new Claim("permissions", "*"), new Claim(ClaimTypes.Name, SecretStore.AdminName)]) : null);
}
