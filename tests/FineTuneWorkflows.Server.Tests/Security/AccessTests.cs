using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using FineTuneWorkflows.Server.Tests.Support;

namespace FineTuneWorkflows.Server.Tests.Security;

/// <summary>Log-ins, sessions, keys and what browsers are told. On a server of its own: wrong log-ins and log-outs would trouble the others.</summary>
public sealed class AccessTests : IAsyncLifetime
{
    private readonly TestFolder folder = new();
    private ServerProcess? server;

    private HttpClient Anonymous => server!.Client.Anonymous;

    public async ValueTask InitializeAsync() => server = await ServerProcess.StartAsync(folder);

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Guessing_is_answered_with_401_then_with_429_and_is_logged_and_no_way_of_writing_the_request_gets_around_it()
    {
        // Elsa would also take the password from the query.
        using var aside = await Anonymous.PostAsJsonAsync($"/elsa/api/identity/login?username=admin&password={ServerProcess.Password}", new { username = "nobody", password = "x" });
        var statuses = new List<HttpStatusCode>();
        for (var i = 1; i < 5; i++)
            statuses.Add((await LogInAsync("admin", $"guess-{i}")).Status);
        var (bounded, error) = await LogInAsync("admin", ServerProcess.Password);
        using var slash = await Anonymous.PostAsJsonAsync("/ELSA/api/identity/login/", new { username = "admin", password = ServerProcess.Password });

        Assert.All(statuses, s => Assert.Equal(HttpStatusCode.Unauthorized, s));
        Assert.Equal(HttpStatusCode.TooManyRequests, bounded);
        Assert.Equal("there were too many failed log-ins; try again in 15 minutes", error);
        Assert.Equal(HttpStatusCode.Unauthorized, aside.StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, slash.StatusCode);
        Assert.Contains("Log-in of admin from 127.0.0.1 refused: wrong user name or password", server!.Output, StringComparison.Ordinal);
        Assert.Contains("Log-in of admin from 127.0.0.1 not checked: too many have failed", server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("guess-1", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_is_refused_in_words_and_a_body_that_is_none_is_a_bad_request()
    {
        var (status, error) = await LogInAsync("somebody\u001b[31m", "x");
        using var bad = await Anonymous.PostAsync("/elsa/api/identity/login", new StringContent("[1]", System.Text.Encoding.UTF8, "application/json"));
        using var long1 = await Anonymous.PostAsync("/elsa/api/identity/login", new StringContent(new string(' ', 5000) + "{}", System.Text.Encoding.UTF8, "application/json"));

        Assert.Equal((HttpStatusCode.Unauthorized, "the user name or the password is wrong"), (status, error));
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (bad.StatusCode, long1.StatusCode));
        Assert.DoesNotContain("\u001b[31m,", server!.Output, StringComparison.Ordinal);
        Assert.Contains("Log-in of somebody?[31m from", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logging_out_ends_every_session_at_once_and_a_new_login_begins_another()
    {
        var first = await TokensAsync();
        Assert.Equal(HttpStatusCode.OK, await GetAsync("/api/definitions", "Bearer", first.Access));
        using var request = Request(HttpMethod.Post, "/api/logout", "Bearer", first.Access);
        using var response = await Anonymous.SendAsync(request);
        using var refresh = Request(HttpMethod.Post, "/elsa/api/identity/refresh-token", "Bearer", first.Refresh);
        using var refreshed = await Anonymous.SendAsync(refresh);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, refreshed.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync("/api/definitions", "Bearer", first.Access));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync("/elsa/api/workflow-definitions", "Bearer", first.Access));
        Assert.Equal(HttpStatusCode.OK, await GetAsync("/api/definitions", "Bearer", (await TokensAsync()).Access));
    }

    [Fact]
    public async Task A_session_that_is_refreshed_ends_when_it_would_have_ended()
    {
        var first = await TokensAsync();
        // Tokens tell their time in whole seconds.
        await Task.Delay(1100);
        using var request = Request(HttpMethod.Post, "/elsa/api/identity/refresh-token", "Bearer", first.Refresh);
        using var response = await Anonymous.SendAsync(request);
        var again = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

        var (before, after) = (Payload(first.Refresh), Payload(again["refreshToken"]!.GetValue<string>()));
        Assert.True(after["iat"]!.GetValue<long>() > before["iat"]!.GetValue<long>());
        Assert.Equal(before["exp"]!.GetValue<long>(), after["exp"]!.GetValue<long>());
        Assert.Equal(HttpStatusCode.OK, await GetAsync("/elsa/api/identity/users", "Bearer", again["accessToken"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("read")]
    [InlineData("run")]
    [InlineData("admin")]
    public async Task A_key_neither_becomes_a_session_nor_ends_one(string scope)
    {
        var session = await TokensAsync();
        var key = await KeyAsync("machine", scope);

        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync("/elsa/api/identity/refresh-token", key.Key));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync("/ELSA/api/identity/refresh-token/", key.Key));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync("/api/logout", key.Key));
        Assert.Equal(HttpStatusCode.OK, await GetAsync("/api/definitions", "Bearer", session.Access));
    }

    [Fact]
    public async Task A_key_does_what_its_scope_says_until_it_is_revoked()
    {
        foreach (var id in (string[])["one", "two"])
            await server!.Client.PublishAsync(TestDefinitions.Flowchart(
                id, [("Hook", "Elsa.HttpEndpoint", new { path = id, supportedMethods = new[] { "POST" }, customProperties = new { canStartWorkflow = true } }), ("Make", "Test.Make", new { text = id })],
                ["Hook>Make"]));
        var webhook = await KeyAsync("sender", "webhook:one");
        var read = await KeyAsync("dashboard", "read");
        var run = await KeyAsync("scheduler", "run");

        // The webhook's key opens its webhook and nothing else.
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync("/hooks/one", webhook.Key));
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync("/hooks/two", webhook.Key));
        foreach (var path in (string[])["/api/definitions", "/api/keys", "/elsa/api/workflow-definitions", "/elsa/api/workflow-instances"])
            Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(path, "ApiKey", webhook.Key));
        Assert.Equal(HttpStatusCode.OK, await GetAsync("/elsa/api/workflow-definitions", "ApiKey", read.Key));
        Assert.Equal(HttpStatusCode.OK, await GetAsync("/api/definitions", "ApiKey", read.Key));
        Assert.Equal(HttpStatusCode.Forbidden, await GetAsync("/api/keys", "ApiKey", read.Key));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync("/elsa/api/workflow-definitions/two/dispatch", read.Key));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync("/api/runs/any/retry", read.Key));
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync("/hooks/two", read.Key));
        Assert.Equal(HttpStatusCode.OK, await PostAsync("/elsa/api/workflow-definitions/two/dispatch", run.Key));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync("/elsa/api/workflow-definitions", run.Key));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync("/api/keys", run.Key));

        using var revoke = Request(HttpMethod.Delete, $"/api/keys/{webhook.Id}", "ApiKey", ServerProcess.ApiKey);
        using var revoked = await Anonymous.SendAsync(revoke);
        Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync("/hooks/one", webhook.Key));
        var listed = (await server!.Client.GetAsync("/api/keys")).AsArray();
        Assert.Equal(["sender webhook:one revoked", "dashboard read", "scheduler run"], listed.Select(k => $"{k!["name"]} {k["scope"]}{(k["revoked"] is null ? "" : " revoked")}"));
        Assert.DoesNotContain(webhook.Key.Split('_')[2], listed.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x", "everything", "scope must be admin, run, read or webhook:PATH")]
    [InlineData("x", "webhook:/", "scope must be admin, run, read or webhook:PATH")]
    [InlineData("", "read", "name must say what the key is for")]
    public async Task A_key_that_makes_no_sense_is_refused_in_words(string name, string scope, string message)
    {
        using var response = await server!.Client.Http.PostAsJsonAsync("/api/keys", new { name, scope });

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.StartsWith(message, JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/api/definitions")]
    [InlineData("/_framework/blazor.server.js")]
    public async Task Every_answer_forbids_framing_sniffing_and_foreign_scripts(string path)
    {
        using var response = await Anonymous.GetAsync(path);

        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("script-src 'self' 'sha256-", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-eval", policy, StringComparison.Ordinal);
        Assert.Single(policy.Split("'unsafe-inline'").Skip(1));
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("DENY", response.Headers.GetValues("X-Frame-Options").Single());
    }

    [Fact]
    public async Task A_host_name_that_is_not_this_servers_is_refused()
    {
        using var foreign = new HttpRequestMessage(HttpMethod.Get, "/health/live") { Headers = { Host = "evil.example.org" } };
        using var own = new HttpRequestMessage(HttpMethod.Get, "/health/live") { Headers = { Host = "localhost" } };

        Assert.Equal(HttpStatusCode.BadRequest, (await Anonymous.SendAsync(foreign)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Anonymous.SendAsync(own)).StatusCode);
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, string scheme, string credential)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.TryAddWithoutValidation("Authorization", $"{scheme} {credential}");
        return request;
    }

    private async Task<HttpStatusCode> GetAsync(string path, string scheme, string credential)
    {
        using var request = Request(HttpMethod.Get, path, scheme, credential);
        using var response = await Anonymous.SendAsync(request);
        return response.StatusCode;
    }

    private async Task<HttpStatusCode> PostAsync(string path, string key)
    {
        using var request = Request(HttpMethod.Post, path, "ApiKey", key);
        request.Content = JsonContent.Create(new { });
        using var response = await Anonymous.SendAsync(request);
        return response.StatusCode;
    }

    private async Task<(string Id, string Key)> KeyAsync(string name, string scope)
    {
        var made = (await server!.Client.PostAsync("/api/keys", new { name, scope }))!;
        return (made["id"]!.GetValue<string>(), made["key"]!.GetValue<string>());
    }

    private static JsonNode Payload(string token) => JsonNode.Parse(Microsoft.IdentityModel.Tokens.Base64UrlEncoder.Decode(token.Split('.')[1]))!;

    private async Task<(HttpStatusCode Status, string? Error)> LogInAsync(string username, string password)
    {
        using var response = await Anonymous.PostAsJsonAsync("/elsa/api/identity/login", new { username, password });
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]?.GetValue<string>());
    }

    private async Task<(string Access, string Refresh)> TokensAsync()
    {
        using var response = await Anonymous.PostAsJsonAsync("/elsa/api/identity/login", new { username = "admin", password = ServerProcess.Password });
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        return (answer["accessToken"]!.GetValue<string>(), answer["refreshToken"]!.GetValue<string>());
    }
}
