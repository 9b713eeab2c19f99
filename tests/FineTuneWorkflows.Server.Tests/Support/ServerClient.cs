using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FineTuneWorkflows.Server.Tests.Support;

/// <summary>Speaks to a server as a user's program does: over HTTP, with the API key.</summary>
internal sealed class ServerClient : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    public ServerClient(Uri address)
    {
        Address = address;
        Http = new() { BaseAddress = address, Timeout = TimeSpan.FromSeconds(100) };
        Http.DefaultRequestHeaders.Add("Authorization", $"ApiKey {ServerProcess.ApiKey}");
        Anonymous = new(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(100) };
    }

    public Uri Address { get; }

    public HttpClient Http { get; }

    /// <summary>Without any credential.</summary>
    public HttpClient Anonymous { get; }

    public async Task UntilReadyAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        for (;; await Task.Delay(100, limit.Token))
            if ((await Anonymous.GetAsync("/health/ready", limit.Token)).StatusCode == HttpStatusCode.OK)
                return;
    }

    public async Task<JsonNode> GetAsync(string path)
    {
        using var response = await Http.GetAsync(path);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"GET {path}: {(int)response.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    public async Task<JsonNode?> PostAsync(string path, object body)
    {
        using var response = await Http.PostAsJsonAsync(path, body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"POST {path}: {(int)response.StatusCode} {text}");
        return text.Length > 0 ? JsonNode.Parse(text) : null;
    }

    public async Task PublishAsync(JsonObject definition) => await PostAsync("/elsa/api/workflow-definitions", new { publish = true, model = definition });

    /// <summary>Starts an instance.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> DispatchAsync(string definitionId, object? input = null) =>
        (await PostAsync($"/elsa/api/workflow-definitions/{definitionId}/dispatch", new { input }))!["workflowInstanceId"]!.GetValue<string>();

    /// <summary>The state of an instance; null as long as there is none of that id.</summary>
    public async Task<JsonNode?> StatusAsync(string instanceId)
    {
        using var response = await Http.GetAsync($"/api/runs/{instanceId}");
        return response.StatusCode == HttpStatusCode.NotFound ? null : JsonNode.Parse(await response.Content.ReadAsStringAsync());
    }

    public async Task<JsonNode> UntilAsync(string instanceId, Func<JsonNode, bool> condition, TimeSpan? limit = null)
    {
        using var clock = new CancellationTokenSource(limit ?? Limit);
        JsonNode? last = null;
        try
        {
            for (;; await Task.Delay(50, clock.Token))
                if ((last = await StatusAsync(instanceId)) is not null && condition(last))
                    return last;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"instance {instanceId} came no further than {last?.ToJsonString()}");
        }
    }

    public Task<JsonNode> UntilFinishedAsync(string instanceId, TimeSpan? limit = null, bool despiteIncidents = false) => UntilAsync(
        instanceId,
        s =>
        {
            Assert.True(despiteIncidents || s["incidents"]!.AsArray().Count == 0, s.ToJsonString());
            return s["status"]!.GetValue<string>() == "Finished";
        },
        limit);

    public Task<JsonNode> UntilIncidentAsync(string instanceId) => UntilAsync(instanceId, s => s["incidents"]!.AsArray().Count > 0);

    public Task<JsonNode> UntilStageAsync(string instanceId, string stage, string status) =>
        UntilAsync(instanceId, s => s["stages"]!.AsArray().Any(j => j!["id"]!.GetValue<string>() == stage && j["status"]!.GetValue<string>() == status));

    public async Task<List<(string Event, string Message, JsonNode Entry)>> JournalAsync(string instanceId)
    {
        var journal = await GetAsync($"/elsa/api/workflow-instances/{instanceId}/journal?page=0&pageSize=500");
        return [.. journal["items"]!.AsArray().Select(e => (e!["eventName"]?.GetValue<string>() ?? "", e["message"]?.GetValue<string>() ?? "", e))];
    }

    public void Dispose()
    {
        Http.Dispose();
        Anonymous.Dispose();
    }
}

internal static class StatusExtensions
{
    public static string Outcomes(this JsonNode status) =>
        string.Join(" ", status["stages"]!.AsArray().Select(j => $"{j!["id"]}:{j["outcome"]}"));

    public static JsonNode Stage(this JsonNode status, string name) => status["stages"]!.AsArray().Last(j => j!["id"]!.GetValue<string>() == name)!;
}
