using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using FineTuneWorkflows.Server.Hosting;
using FineTuneWorkflows.Server.Tests.Support;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace FineTuneWorkflows.Server.Tests.Security;

/// <summary>Every endpoint there is, Elsa's included, also those that a later Elsa adds.</summary>
public sealed partial class EndpointTests
{
    // What a key may call that may only read: searches and exports, whose criteria are a body, and the hash of a secret.
    private static readonly string[] ReadingPosts =
    [
        "/elsa/api/workflow-instances", "/elsa/api/workflow-instances/x/journal", "/elsa/api/workflow-instances/x/export", "/elsa/api/bulk-actions/export/workflow-instances",
        "/elsa/api/workflow-definitions/x/export", "/elsa/api/bulk-actions/export/workflow-definitions", "/elsa/api/activity-executions/report", "/elsa/api/descriptors/activities/x/options/x",
        "/elsa/api/identity/secrets/hash",
    ];

    // Open to all: the log-in, and links that carry a token of their own.
    private static readonly string[] Open = ["/elsa/api/identity/login", "/elsa/api/bookmarks/resume"];

    [Fact]
    public async Task A_key_that_may_only_read_changes_nothing_and_nobody_changes_anything_without_a_credential()
    {
        using var folder = new TestFolder();
        await using var app = await ServerHost.BuildAsync([
            "--home", folder.Home, "--workflows", folder.Workflows, "--urls", "http://127.0.0.1:0",
            "--FINETUNE_ADMIN_PASSWORD", ServerProcess.Password, "--FINETUNE_API_KEY", ServerProcess.ApiKey,
        ]);
        await app.StartAsync();
        using var client = new ServerClient(new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()));
        await client.UntilReadyAsync();
        var key = (await client.PostAsync("/api/keys", new { name = "dashboard", scope = "read" }))!["key"]!.GetValue<string>();

        var changing = app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(e => (e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []).Where(m => m != "GET"), (e, m) => (Method: m, Path: "/" + Parameter().Replace(e.RoutePattern.RawText!, "x").Trim('/')))
            .Where(c => !Open.Contains(c.Path)).ToList();
        var wrong = new List<string>();
        foreach (var (method, path) in changing)
        {
            var nobody = await SendAsync(client, method, path, null);
            var reader = await SendAsync(client, method, path, key);
            if (nobody != HttpStatusCode.Unauthorized)
                wrong.Add($"{method} {path} without a credential: {nobody}");
            if (reader != HttpStatusCode.Forbidden && !ReadingPosts.Contains(path))
                wrong.Add($"{method} {path} with a key that may only read: {reader}");
        }

        Assert.True(changing.Count > 50, $"only {changing.Count} endpoints were found");
        Assert.Empty(wrong);
        await app.StopAsync();
    }

    private static async Task<HttpStatusCode> SendAsync(ServerClient client, string method, string path, string? key)
    {
        using var request = new HttpRequestMessage(new(method), path);
        if (key is not null)
            request.Headers.TryAddWithoutValidation("Authorization", $"ApiKey {key}");
        // Two endpoints take forms only, and read what they are sent before they ask who sends it.
        request.Content = path.Contains("import-files", StringComparison.Ordinal) || path.Contains("/import/", StringComparison.Ordinal)
            ? new MultipartFormDataContent { { new StringContent("{}"), "files", "x.json" } }
            : new StringContent("{}", Encoding.UTF8, "application/json");
        try
        {
            using var response = await client.Anonymous.SendAsync(request);
            return response.StatusCode;
        }
        catch (HttpRequestException)
        {
            // Let in, and failed: an answer was begun.
            return 0;
        }
    }

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
