using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FineTuneWorkflows.Benchmarks.Tracking;

/// <summary>
/// A local HTTP listener that takes from a tracking client what MLflow takes, as quickly as it can: experiments, runs, <c>log-batch</c>. It keeps every metric, so that what arrived can be compared
/// with what was logged. Answers like the REST API of MLflow 3.
/// </summary>
internal sealed class MetricListener : IDisposable
{
    private const string Api = "/api/2.0/mlflow/";
    private const string Artifacts = "/api/2.0/mlflow-artifacts/artifacts/";

    private readonly HttpListener http = new();
    private readonly Dictionary<string, ListenedRun> runs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> keys = new(StringComparer.Ordinal);
    private readonly List<string> experiments = ["Default"];
    private readonly Lock gate = new();
    private long first;
    private long last;
    private long received;

    /// <summary>Chooses a free port. Nothing listens there before <see cref="Start"/>.</summary>
    public MetricListener()
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Uri = new($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/");
        }

        http.Prefixes.Add(Uri.ToString());
    }

    public Uri Uri { get; }

    /// <summary>How many values arrived so far, those that arrived again included.</summary>
    public long Received => Interlocked.Read(ref received);

    /// <summary>From the first <c>log-batch</c> with metrics to the last.</summary>
    public TimeSpan Duration => Stopwatch.GetElapsedTime(Interlocked.Read(ref first), Interlocked.Read(ref last));

    /// <summary>The runs. Look at them only when nobody is sending.</summary>
    public IReadOnlyCollection<ListenedRun> Runs => runs.Values;

    /// <summary>Begins to listen.</summary>
    public void Start()
    {
        http.Start();
        _ = Task.Run(ListenAsync);
    }

    public void Dispose() => http.Close();

    private async Task ListenAsync()
    {
        while (http.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await http.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return; // Closed.
            }

            _ = Task.Run(() => HandleAsync(context));
        }
    }

    private async Task HandleAsync(HttpListenerContext context)
    {
        try
        {
            var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            var (status, answer) = Answer(context.Request, body.GetBuffer().AsSpan(0, (int)body.Length));
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            context.Response.ContentLength64 = answer.Length;
            await context.Response.OutputStream.WriteAsync(answer);
            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or IOException or ObjectDisposedException)
        {
            context.Response.Abort(); // The client was killed.
        }
    }

    private (int Status, byte[] Body) Answer(HttpListenerRequest request, ReadOnlySpan<byte> body)
    {
        var path = request.Url!.AbsolutePath;
        if (path == "/version")
            return (200, "listener"u8.ToArray());
        if (request.HttpMethod == "PUT" && path.StartsWith(Artifacts, StringComparison.Ordinal))
            return (200, "{}"u8.ToArray()); // Files are taken and not kept: here metrics are counted.
        if (!path.StartsWith(Api, StringComparison.Ordinal))
            return Missing(path);
        lock (gate)
        {
            if (path == Api + "runs/log-batch")
                return LogBatch(body);
            var json = body.Length == 0 ? [] : JsonNode.Parse(body)!.AsObject();
            foreach (string? name in request.QueryString)
                json[name!] = request.QueryString[name];
            if (path == Api + "metrics/get-history")
                return (200, History(Run(json), json));
            return Answer(path[Api.Length..], json) is { } answer ? (200, Encoding.UTF8.GetBytes(answer.ToJsonString())) : Missing(path);
        }
    }

    private JsonObject? Answer(string path, JsonObject json)
    {
        switch (path)
        {
            case "experiments/get-by-name":
                var found = experiments.IndexOf((string)json["experiment_name"]!);
                return found < 0 ? null : Experiment(found);
            case "experiments/get":
                return Experiment(int.Parse((string)json["experiment_id"]!, System.Globalization.CultureInfo.InvariantCulture));
            case "experiments/create":
                experiments.Add((string)json["name"]!);
                return new() { ["experiment_id"] = $"{experiments.Count - 1}" };
            case "runs/create":
                var run = new ListenedRun($"{runs.Count + 1:x32}", (string)json["experiment_id"]!, (string?)json["run_name"] ?? "") { Start = (long?)json["start_time"] ?? 0 };
                foreach (var tag in json["tags"]?.AsArray() ?? [])
                    run.Tags[(string)tag!["key"]!] = (string)tag["value"]!;
                runs.Add(run.Id, run);
                return new() { ["run"] = Json(run) };
            case "runs/get":
                return new() { ["run"] = Json(Run(json)) };
            case "runs/search":
                return new() { ["runs"] = new JsonArray([.. runs.Values.Where(r => Matches(r, (string?)json["filter"])).Select(r => (JsonNode)Json(r))]) };
            case "runs/update":
                var updated = Run(json);
                updated.Status = (string?)json["status"] ?? updated.Status;
                return new() { ["run_info"] = Json(updated)["info"]!.DeepClone() };
            default:
                return null;
        }
    }

    private (int Status, byte[] Body) LogBatch(ReadOnlySpan<byte> body)
    {
        var count = LogBatchBody.Read(body, runs[LogBatchBody.RunOf(body)], keys);
        if (count > 0)
        {
            var now = Stopwatch.GetTimestamp();
            Interlocked.CompareExchange(ref first, now, 0);
            Interlocked.Exchange(ref last, now);
            Interlocked.Add(ref received, count);
        }

        return (200, "{}"u8.ToArray());
    }

    private static byte[] History(ListenedRun run, JsonObject json)
    {
        var key = (string)json["metric_key"]!;
        var from = int.Parse((string?)json["page_token"] ?? "0", System.Globalization.CultureInfo.InvariantCulture);
        var size = int.Parse((string)json["max_results"]!, System.Globalization.CultureInfo.InvariantCulture);
        var all = run.Points.Where(p => p.Key == key).ToList();
        using var answer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(answer))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("metrics");
            foreach (var point in all.Skip(from).Take(size))
            {
                writer.WriteStartObject();
                writer.WriteString("key", point.Key);
                writer.WriteNumber("value", point.Value);
                writer.WriteNumber("timestamp", point.Time);
                writer.WriteNumber("step", point.Step);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            if (from + size < all.Count)
                writer.WriteString("next_page_token", $"{from + size}");
            writer.WriteEndObject();
        }

        return answer.ToArray();
    }

    // The one filter that is asked for: tags.`KEY` = 'VALUE'.
    private static bool Matches(ListenedRun run, string? filter) =>
        string.IsNullOrEmpty(filter) || (filter.Split('`') is [_, var key, var rest] && run.Tags.TryGetValue(key, out var value) && rest.Split('\'') is [_, var wanted, _] && wanted == value);

    private ListenedRun Run(JsonObject json) => runs[(string)json["run_id"]!];

    private JsonObject Experiment(int number) => new()
    {
        ["experiment"] = new JsonObject
        {
            ["experiment_id"] = $"{number}", ["name"] = experiments[number], ["artifact_location"] = $"mlflow-artifacts:/{number}", ["lifecycle_stage"] = "active", ["tags"] = new JsonArray(),
        },
    };

    private static JsonObject Json(ListenedRun run) => new()
    {
        ["info"] = new JsonObject
        {
            ["run_id"] = run.Id, ["run_uuid"] = run.Id, ["experiment_id"] = run.Experiment, ["run_name"] = run.Name, ["status"] = run.Status, ["start_time"] = run.Start,
            ["artifact_uri"] = $"mlflow-artifacts:/{run.Experiment}/{run.Id}/artifacts", ["lifecycle_stage"] = "active",
        },
        ["data"] = new JsonObject { ["tags"] = new JsonArray([.. run.Tags.Select(t => (JsonNode)new JsonObject { ["key"] = t.Key, ["value"] = t.Value })]) },
    };

    private static (int Status, byte[] Body) Missing(string what) =>
        (404, Encoding.UTF8.GetBytes(new JsonObject { ["error_code"] = "RESOURCE_DOES_NOT_EXIST", ["message"] = $"{what} is not here" }.ToJsonString()));
}
