using System.Collections.Specialized;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace FineTuneWorkflows.Tracking.Tests.Mlflow;

/// <summary>The fake server's endpoints for experiments, runs and artifacts; <see cref="FakeModelRoutes"/> has those for models.</summary>
internal sealed class FakeRoutes(FakeState state)
{
    private const string Api = "/api/2.0/mlflow/";
    private const string Files = "/api/2.0/mlflow-artifacts/artifacts";

    private static readonly JsonSerializerOptions Names = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private readonly FakeModelRoutes _models = new(state);

    public byte[] Answer(string method, string path, NameValueCollection query, byte[] body)
    {
        if (path == "/version") return "fake"u8.ToArray();
        if (path.StartsWith(Files, StringComparison.Ordinal))
            return Artifact(method, Uri.UnescapeDataString(path[Files.Length..].Trim('/')), query, body);
        if (path.StartsWith("/store/", StringComparison.Ordinal)) return Part(path, body);
        if (path.Contains("/mpu/", StringComparison.Ordinal) && state.PartStore is not null) return Multipart(path, body);
        if (path.Contains("/mpu/", StringComparison.Ordinal)) throw new FakeRefusal("NOT_IMPLEMENTED", "Multipart upload is not supported", 501);
        if (!path.StartsWith(Api, StringComparison.Ordinal)) throw new FakeRefusal("ENDPOINT_NOT_FOUND", path, 404);
        var json = body.Length == 0 ? [] : JsonNode.Parse(body)!.AsObject();
        foreach (string? name in query) json[name!] = query[name];
        var answer = Json(method, path[Api.Length..], json, body.Length) ?? _models.Json(method, path[Api.Length..], json)
            ?? throw new FakeRefusal("ENDPOINT_NOT_FOUND", $"{method} {path}", 404);
        return Encoding.UTF8.GetBytes(answer.ToJsonString());
    }

    internal static string Text(JsonObject json, string name) =>
        (string?)json[name] ?? throw FakeRefusal.Invalid($"Missing value for required parameter '{name}'.");

    internal static void Pairs(JsonObject json, string name, Dictionary<string, string> target)
    {
        foreach (var pair in json[name]?.AsArray() ?? []) target[(string)pair!["key"]!] = (string)pair["value"]!;
    }

    internal static JsonArray Pairs(Dictionary<string, string> pairs) =>
        new(pairs.Select(pair => (JsonNode)new JsonObject { ["key"] = pair.Key, ["value"] = pair.Value }).ToArray());

    internal static JsonNode Metric(FakeMetric metric) => new JsonObject
    {
        ["key"] = metric.Key, ["value"] = JsonSerializer.SerializeToNode(metric.Value, Names), ["timestamp"] = metric.Timestamp,
        ["step"] = metric.Step, ["dataset_name"] = metric.Dataset, ["dataset_digest"] = metric.DatasetDigest,
    };

    internal static JsonArray Latest(IEnumerable<FakeMetric> metrics) => new(
        metrics.GroupBy(metric => metric.Key).Select(
            group => Metric(group.MaxBy(metric => (metric.Step, metric.Timestamp, metric.Value))!)).ToArray());

    private JsonObject? Json(string method, string path, JsonObject json, int bytes) => (method, path) switch
    {
        ("POST", "experiments/create") => CreateExperiment(Text(json, "name")),
        ("GET", "experiments/get") => new() { ["experiment"] = Experiment(Find(json)) },
        ("GET", "experiments/get-by-name") => new()
        {
            ["experiment"] = Experiment(state.Experiments.Values.FirstOrDefault(item => item.Name == Text(json, "experiment_name"))
                ?? throw FakeRefusal.Missing("Could not find experiment with name")),
        },
        ("POST", "experiments/search") => new()
        {
            ["experiments"] = new JsonArray(state.Experiments.Values
                .Where(
                    item => !item.Deleted
                        && FakeState.Matches((string?)json["filter"], new Dictionary<string, string?> { ["name"] = item.Name }, item.Tags))
                .Select(item => (JsonNode)Experiment(item)).ToArray()),
        },
        ("POST", "experiments/update") => Do(() => Find(json).Name = Text(json, "new_name")),
        ("POST", "experiments/set-experiment-tag") => Do(() => Find(json).Tags[Text(json, "key")] = Text(json, "value")),
        ("POST", "experiments/delete") => Delete(Find(json), deleted: true),
        ("POST", "experiments/restore") => Delete(Find(json), deleted: false),
        ("POST", "runs/create") => CreateRun(json),
        ("GET", "runs/get") => new() { ["run"] = Run(FindRun(json)) },
        ("POST", "runs/update") => UpdateRun(FindActive(json), json),
        ("POST", "runs/log-batch") => LogBatch(FindActive(json), json, bytes),
        ("POST", "runs/set-tag") => Do(() => FindActive(json).Tags[Text(json, "key")] = Text(json, "value")),
        ("POST", "runs/log-inputs") => LogInputs(FindActive(json), json),
        ("POST", "runs/outputs") => LogOutputs(FindActive(json), json),
        ("GET", "metrics/get-history") => History(FindRun(json), json),
        ("POST", "runs/search") => SearchRuns(json),
        ("POST", "runs/delete") => Do(() => FindRun(json).Deleted = true),
        ("POST", "runs/restore") => Do(() => FindRun(json).Deleted = false),
        _ => null,
    };

    internal static JsonObject Do(Action work)
    {
        work();
        return [];
    }

    private JsonObject CreateExperiment(string name)
    {
        if (state.Experiments.Values.Any(item => item.Name == name))
            throw new FakeRefusal("RESOURCE_ALREADY_EXISTS", $"Experiment '{name}' already exists.");
        var experiment = new FakeExperiment(state.Experiments.Count.ToString(System.Globalization.CultureInfo.InvariantCulture), name);
        state.Experiments[experiment.Id] = experiment;
        return new() { ["experiment_id"] = experiment.Id };
    }

    // With an experiment its runs go and come back.
    private JsonObject Delete(FakeExperiment experiment, bool deleted) => Do(() =>
    {
        experiment.Deleted = deleted;
        foreach (var run in state.Runs.Values.Where(run => run.Experiment == experiment.Id)) run.Deleted = deleted;
    });

    private JsonObject CreateRun(JsonObject json)
    {
        if (Find(json) is { Deleted: true } deleted) throw FakeRefusal.Invalid($"The experiment {deleted.Id} must be in the 'active' state. Current state is deleted.");
        var run = new FakeRun(state.NextId(), Find(json).Id, (long)json["start_time"]!) { Name = (string?)json["run_name"] ?? "made-up-name" };
        Pairs(json, "tags", run.Tags);
        run.Tags["mlflow.runName"] = run.Name;
        state.Runs[run.Id] = run;
        return new() { ["run"] = Run(run) };
    }

    private static JsonObject UpdateRun(FakeRun run, JsonObject json)
    {
        if ((string?)json["status"] is { } status) run.Status = status;
        if ((long?)json["end_time"] is { } end) run.End = end;
        if ((string?)json["run_name"] is { } name) (run.Name, run.Tags["mlflow.runName"]) = (name, name);
        return new() { ["run_info"] = Info(run) };
    }

    private JsonObject LogBatch(FakeRun run, JsonObject json, int bytes)
    {
        var (metrics, parameters, tags) = (json["metrics"]?.AsArray() ?? [], json["params"]?.AsArray() ?? [], json["tags"]?.AsArray() ?? []);
        if (bytes > 1_000_000) throw FakeRefusal.Invalid($"Batched logging API requests must be at most 1000000 bytes, got {bytes}");
        if (metrics.Count > 1000 || parameters.Count > 100 || tags.Count > 100 || metrics.Count + parameters.Count + tags.Count > 1000)
            throw FakeRefusal.Invalid("A batch logging request can contain at most 1000 entities.");
        foreach (var key in metrics.Concat(parameters).Concat(tags).Select(item => (string)item!["key"]!))
            if (key.Length is 0 or > 250 || !key.All(character => char.IsLetterOrDigit(character) || "_-.:/ ".Contains(character)))
                throw FakeRefusal.Invalid($"Invalid value \"{key}\" for parameter 'name' supplied");
        foreach (var parameter in parameters)
        {
            var (key, value) = ((string)parameter!["key"]!, (string)parameter["value"]!);
            if (run.Params.TryGetValue(key, out var known) && known != value)
                throw FakeRefusal.Invalid($"Changing param values is not allowed. Param with key='{key}' was already logged with value='{known}'");
        }

        var points = metrics.Select(metric => new FakeMetric(
            (string)metric!["key"]!, metric["value"]!.GetValueKind() == JsonValueKind.String ? Named((string)metric["value"]!) : (double)metric["value"]!,
            (long)metric["timestamp"]!, (long)metric["step"]!)).ToList();
        // A value that is there is known again, but NaN is not equal to itself.
        if (points.Exists(point => double.IsNaN(point.Value) && run.Metrics.Contains(point)))
            throw new FakeRefusal("BAD_REQUEST", "(sqlite3.IntegrityError) UNIQUE constraint failed: metrics.key, metrics.timestamp, metrics.step");
        foreach (var (metric, point) in metrics.Zip(points))
        {
            if (!run.Metrics.Add(point)) run.Doubled++;
            if ((string?)metric!["model_id"] is { } model)
                state.Models[model].Metrics.Add(point with { Dataset = (string?)metric["dataset_name"], DatasetDigest = (string?)metric["dataset_digest"] });
        }

        Pairs(json, "params", run.Params);
        Pairs(json, "tags", run.Tags);
        return [];
    }

    private static double Named(string text) => text switch
    {
        "Infinity" => double.MaxValue,
        "-Infinity" => double.MinValue,
        "NaN" => double.NaN,
        _ => throw FakeRefusal.Invalid($"Invalid value {text}"),
    };

    private static JsonObject LogInputs(FakeRun run, JsonObject json)
    {
        foreach (var input in json["datasets"]!.AsArray())
        {
            var dataset = input!["dataset"]!;
            if (((string)dataset["digest"]!).Length > 36) throw FakeRefusal.Invalid("'digest' exceeds the maximum length of 36 characters");
            run.Inputs.TryAdd($"{dataset["name"]} {dataset["digest"]}", input.ToJsonString());
        }

        return [];
    }

    private JsonObject LogOutputs(FakeRun run, JsonObject json)
    {
        foreach (var model in json["models"]!.AsArray())
            if (!run.Outputs.TryAdd((string)model!["model_id"]!, (long)model["step"]!))
                throw new FakeRefusal("BAD_REQUEST", "(sqlite3.IntegrityError) UNIQUE constraint failed: inputs.source_type, inputs.source_id");
        return [];
    }

    private static JsonObject History(FakeRun run, JsonObject json)
    {
        var all = run.Metrics.Where(metric => metric.Key == Text(json, "metric_key")).ToList();
        if ((string?)json["max_results"] is not { } most) return new() { ["next_page_token"] = "0" };
        var from = int.Parse((string?)json["page_token"] ?? "0", System.Globalization.CultureInfo.InvariantCulture);
        var size = int.Parse(most, System.Globalization.CultureInfo.InvariantCulture);
        var answer = new JsonObject { ["metrics"] = new JsonArray(all.Skip(from).Take(size).Select(Metric).ToArray()) };
        if (from + size < all.Count) answer["next_page_token"] = $"{from + size}";
        return answer;
    }

    private JsonObject SearchRuns(JsonObject json)
    {
        var experiments = json["experiment_ids"]!.AsArray().Select(id => (string)id!).ToHashSet();
        var found = state.Runs.Values
            .Where(run => experiments.Contains(run.Experiment) && !run.Deleted)
            .Where(
                run => FakeState.Matches(
                    (string?)json["filter"], new Dictionary<string, string?> { ["status"] = run.Status, ["run_name"] = run.Name }, run.Tags))
            .OrderByDescending(run => run.Start).ToList();
        var from = int.Parse((string?)json["page_token"] ?? "0", System.Globalization.CultureInfo.InvariantCulture);
        var size = (int)json["max_results"]!;
        var answer = new JsonObject { ["runs"] = new JsonArray(found.Skip(from).Take(size).Select(run => (JsonNode)Run(run)).ToArray()) };
        if (from + size < found.Count) answer["next_page_token"] = $"{from + size}";
        return answer;
    }

    private byte[] Artifact(string method, string path, NameValueCollection query, byte[] body)
    {
        if (method == "PUT")
        {
            state.Artifacts[path] = body;
            return "{}"u8.ToArray();
        }

        if (path.Length > 0) return state.Artifacts.GetValueOrDefault(path) ?? throw FakeRefusal.Missing($"No such artifact: '{path}'");
        var folder = query["path"] + "/";
        var names = state.Artifacts.Keys.Where(name => name.StartsWith(folder, StringComparison.Ordinal)).Select(name => name[folder.Length..]);
        var files = names.GroupBy(name => name.Split('/')[0]).Select(
            group => (JsonNode)(group.Any(name => name.Contains('/', StringComparison.Ordinal))
            ? new JsonObject { ["path"] = group.Key, ["is_dir"] = true }
            : new JsonObject { ["path"] = group.Key, ["is_dir"] = false, ["file_size"] = state.Artifacts[folder + group.Key].Length }));
        return Encoding.UTF8.GetBytes(new JsonObject { ["files"] = new JsonArray(files.ToArray()) }.ToJsonString());
    }

    private byte[] Part(string path, byte[] body)
    {
        state.Parts[int.Parse(path["/store/".Length..], System.Globalization.CultureInfo.InvariantCulture)] = body;
        return [];
    }

    private byte[] Multipart(string path, byte[] body)
    {
        var json = JsonNode.Parse(body)!.AsObject();
        var (action, folder) = (path.Split('/')[5], Uri.UnescapeDataString(string.Join('/', path.Split('/')[6..])));
        switch (action)
        {
            case "create":
                var targets = Enumerable.Range(1, (int)json["num_parts"]!).Select(number => (JsonNode)new JsonObject
                {
                    ["url"] = new Uri(state.PartStore!, $"store/{number}").ToString(), ["part_number"] = number,
                    ["headers"] = new JsonObject { ["x-part"] = $"{number}" },
                });
                return Encoding.UTF8.GetBytes(
                    new JsonObject { ["upload_id"] = "u1", ["credentials"] = new JsonArray(targets.ToArray()) }.ToJsonString());
            case "complete":
                var tags = json["parts"]!.AsArray().Select(part => (string)part!["etag"]!);
                if (!tags.SequenceEqual(state.Parts.Keys.Select(number => $"\"tag{number}\""))) throw FakeRefusal.Invalid("parts do not fit");
                state.Artifacts[$"{folder}/{Text(json, "path")}"] = state.Parts.Values.SelectMany(part => part).ToArray();
                return "{}"u8.ToArray();
            default:
                state.Parts.Clear();
                return "{}"u8.ToArray();
        }
    }

    private FakeExperiment Find(JsonObject json) =>
        state.Experiments.GetValueOrDefault(Text(json, "experiment_id"))
            ?? throw FakeRefusal.Missing($"No Experiment with id={json["experiment_id"]} exists");

    private FakeRun FindRun(JsonObject json) =>
        state.Runs.GetValueOrDefault(Text(json, "run_id")) ?? throw FakeRefusal.Missing($"Run with id={json["run_id"]} not found");

    private FakeRun FindActive(JsonObject json) => FindRun(json) is { Deleted: false } run
        ? run
        : throw FakeRefusal.Invalid($"The run {json["run_id"]} must be in the 'active' state. Current state is deleted.");

    private static JsonObject Experiment(FakeExperiment experiment) => new()
    {
        ["experiment_id"] = experiment.Id, ["name"] = experiment.Name, ["artifact_location"] = $"mlflow-artifacts:/{experiment.Id}",
        ["lifecycle_stage"] = experiment.Deleted ? "deleted" : "active", ["creation_time"] = 1, ["tags"] = Pairs(experiment.Tags),
    };

    private static JsonObject Info(FakeRun run)
    {
        var info = new JsonObject
        {
            ["run_id"] = run.Id, ["run_uuid"] = run.Id, ["experiment_id"] = run.Experiment, ["run_name"] = run.Name, ["user_id"] = "",
            ["status"] = run.Status,
            ["start_time"] = run.Start, ["artifact_uri"] = $"mlflow-artifacts:/{run.Experiment}/{run.Id}/artifacts",
            ["lifecycle_stage"] = run.Deleted ? "deleted" : "active",
        };
        if (run.End is { } end) info["end_time"] = end;
        return info;
    }

    private static JsonObject Run(FakeRun run) => new()
    {
        ["info"] = Info(run),
        ["data"] = new JsonObject { ["metrics"] = Latest(run.Metrics), ["params"] = Pairs(run.Params), ["tags"] = Pairs(run.Tags) },
        ["inputs"] = run.Inputs.Count == 0
            ? []
            : new JsonObject { ["dataset_inputs"] = new JsonArray(run.Inputs.Values.Select(text => JsonNode.Parse(text)).ToArray()) },
        ["outputs"] = new JsonObject
        {
            ["model_outputs"] = new JsonArray(
                run.Outputs.Select(pair => (JsonNode)new JsonObject { ["model_id"] = pair.Key, ["step"] = pair.Value }).ToArray()),
        },
    };
}
