using System.Net;
using System.Net.Http.Json;
using Elsa.Studio.Authentication.ElsaIdentity.Contracts;
using Elsa.Studio.Authentication.ElsaIdentity.Models;
using Elsa.Studio.Contracts;
using FineTuneWorkflows.Studio.Backend;
using Microsoft.AspNetCore.Http;
using MudBlazor;

namespace FineTuneWorkflows.Studio.Login;

/// <summary>Logs in at the server for the browser whose circuit this is, and shows why it was refused where that is more than a wrong password.</summary>
internal sealed class ServerCredentials(
    IRemoteBackendAccessor backend, IHttpClientFactory clients, IHttpContextAccessor browser, DesignerHost host, IUserMessageService messages) : ICredentialsValidator
{
    public async ValueTask<ValidateCredentialsResult> ValidateCredentialsAsync(string username, string password, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, backend.RemoteBackend.Url + "/identity/login") { Content = JsonContent.Create(new { username, password }) };
        host.MarkRequest(request, browser.HttpContext?.Connection.RemoteIpAddress);
        using var client = clients.CreateClient();
        using var response = await client.SendAsync(request, cancellationToken);
        var answer = await response.Content.ReadFromJsonAsync<Answer>(cancellationToken);
        // Of a wrong password the page itself tells.
        if (response.StatusCode != HttpStatusCode.Unauthorized && answer?.Error is { } error)
            messages.ShowSnackbarTextMessage(error, Severity.Warning);
        return response.IsSuccessStatusCode && answer is { IsAuthenticated: true } ? new(true, answer.AccessToken, answer.RefreshToken) : new(false, null, null);
    }

    private sealed record Answer(bool IsAuthenticated, string? AccessToken, string? RefreshToken, string? Error);
}
