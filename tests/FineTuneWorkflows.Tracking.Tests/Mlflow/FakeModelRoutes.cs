using System.Globalization;
using System.Text.Json.Nodes;
using static FineTuneWorkflows.Tracking.Tests.Mlflow.FakeRoutes;

namespace FineTuneWorkflows.Tracking.Tests.Mlflow;

/// <summary>The fake server's endpoints for logged and registered models.</summary>
internal sealed class FakeModelRoutes(FakeState state)
{
    public JsonObject? Json(string method, string path, JsonObject json) => (method, path) switch
    {
        ("POST", "logged-models") => Create(json),
        ("POST", "logged-models/search") => Search(json),
        (_, _) when path.StartsWith("logged-models/", StringComparison.Ordinal) => Logged(method, path.Split('/'), json),
        ("POST", "registered-models/create") => CreateRegistered(json),
        ("GET", "registered-models/get") => new() { ["registered_model"] = Registered(Find(json)) },
        ("GET", "registered-models/search") => new()
        {
            ["registered_models"] = new JsonArray(state.Registered.Values
                .Where(model => FakeState.Matches((string?)json["filter"], new Dictionary<string, string?> { ["name"] = model.Name }, model.Tags))
                .Select(model => (JsonNode)Registered(model)).ToArray()),
        },
        ("PATCH", "registered-models/update") => Describe(Find(json), json),
        ("POST", "registered-models/set-tag") => Do(() => Find(json).Tags[Text(json, "key")] = Text(json, "value")),
        ("DELETE", "registered-models/delete") => Do(() => state.Registered.Remove(Find(json).Name)),
        ("POST", "registered-models/alias") => Do(() =>
        {
            Find(json).Aliases[Text(json, "alias")] = Number(FindVersion(json));
            state.AfterAlias(Find(json));
        }),
        ("DELETE", "registered-models/alias") => Do(() => Find(json).Aliases.Remove(Text(json, "alias"))),
        ("GET", "registered-models/alias") => Alias(Find(json), Text(json, "alias")),
        ("POST", "model-versions/create") => CreateVersion(Find(json), json),
        ("GET", "model-versions/get") => new() { ["model_version"] = Version(Find(json), FindVersion(json)) },
        ("GET", "model-versions/search") => new()
        {
            ["model_versions"] = new JsonArray(state.Registered.Values
                .SelectMany(model => model.Versions.Where(version => !version.Deleted).Select(version => (Model: model, Version: version)))
                .Where(
                    pair =>
                        FakeState.Matches((string?)json["filter"], new Dictionary<string, string?> { ["name"] = pair.Model.Name }, pair.Version.Tags))
                .Select(pair => (JsonNode)Version(pair.Model, pair.Version)).ToArray()),
        },
        ("POST", "model-versions/set-tag") => Do(() => FindVersion(json).Tags[Text(json, "key")] = Text(json, "value")),
        ("DELETE", "model-versions/delete") => Do(() => FindVersion(json).Deleted = true),
        _ => null,
    };

    private JsonObject Create(JsonObject json)
    {
        var model = new FakeLoggedModel($"m-{state.NextId()}", Text(json, "experiment_id"), Text(json, "name"), (string?)json["source_run_id"]);
        Pairs(json, "tags", model.Tags);
        Pairs(json, "params", model.Params);
        state.Models[model.Id] = model;
        return new() { ["model"] = Model(model) };
    }

    private JsonObject Search(JsonObject json)
    {
        var experiments = json["experiment_ids"]!.AsArray().Select(id => (string)id!).ToHashSet();
        var found = state.Models.Values
            .Where(model => experiments.Contains(model.Experiment))
            .Where(model => FakeState.Matches(
                (string?)json["filter"], new Dictionary<string, string?> { ["source_run_id"] = model.RunId, ["name"] = model.Name }, model.Tags));
        return new() { ["models"] = new JsonArray(found.Select(model => (JsonNode)Model(model)).ToArray()) };
    }

    private JsonObject? Logged(string method, string[] path, JsonObject json)
    {
        var model = state.Models.GetValueOrDefault(path[1]) ?? throw FakeRefusal.Missing($"Logged model with ID '{path[1]}' not found.");
        switch (method, path.Length)
        {
            case ("GET", 2): break;
            case ("PATCH", 2): model.Status = Text(json, "status"); break;
            case ("DELETE", 2): state.Models.Remove(model.Id); return [];
            default: return null;
        }

        return new() { ["model"] = Model(model) };
    }

    private JsonObject CreateRegistered(JsonObject json)
    {
        var model = new FakeRegisteredModel(Text(json, "name")) { Description = (string?)json["description"] };
        if (model.Name.AsSpan().IndexOfAny('/', ':') >= 0)
            throw FakeRefusal.Invalid($"Invalid model name '{model.Name}'. Names cannot contain '/' or ':'.");
        if (!state.Registered.TryAdd(model.Name, model))
            throw new FakeRefusal("RESOURCE_ALREADY_EXISTS", $"Registered Model (name={model.Name}) already exists.");
        Pairs(json, "tags", model.Tags);
        return new() { ["registered_model"] = Registered(model) };
    }

    private JsonObject CreateVersion(FakeRegisteredModel model, JsonObject json)
    {
        var version = new FakeVersion(
            model.Versions.Count + 1, Text(json, "source"), (string?)json["run_id"]) { Description = (string?)json["description"] };
        Pairs(json, "tags", version.Tags);
        model.Versions.Add(version);
        return new() { ["model_version"] = Version(model, version) };
    }

    private static JsonObject Describe(FakeRegisteredModel model, JsonObject json)
    {
        model.Description = (string?)json["description"];
        return new() { ["registered_model"] = Registered(model) };
    }

    private static JsonObject Alias(FakeRegisteredModel model, string alias) => new()
    {
        ["model_version"] = Version(
            model,
            model.Versions.Find(version => Number(version) == model.Aliases.GetValueOrDefault(alias))
                ?? throw FakeRefusal.Invalid($"Registered model alias {alias} not found.")),
    };

    private FakeRegisteredModel Find(JsonObject json) => state.Registered.GetValueOrDefault(Text(json, "name"))
        ?? throw FakeRefusal.Missing($"Registered Model with name={json["name"]} not found");

    private FakeVersion FindVersion(JsonObject json) =>
        Find(json).Versions.Find(version => Number(version) == Text(json, "version") && !version.Deleted)
        ?? throw FakeRefusal.Missing($"Model Version (name={json["name"]}, version={json["version"]}) not found");

    private static string Number(FakeVersion version) => version.Number.ToString(CultureInfo.InvariantCulture);

    private static JsonObject Model(FakeLoggedModel model) => new()
    {
        ["info"] = new JsonObject
        {
            ["model_id"] = model.Id, ["experiment_id"] = model.Experiment, ["name"] = model.Name, ["status"] = model.Status,
            ["source_run_id"] = model.RunId,
            ["artifact_uri"] = $"mlflow-artifacts:/{model.Experiment}/models/{model.Id}/artifacts", ["creation_timestamp_ms"] = 1,
            ["tags"] = Pairs(model.Tags),
        },
        ["data"] = new JsonObject { ["params"] = Pairs(model.Params), ["metrics"] = Latest(model.Metrics) },
    };

    private static JsonObject Registered(FakeRegisteredModel model) => new()
    {
        ["name"] = model.Name, ["description"] = model.Description, ["creation_timestamp"] = 1, ["tags"] = Pairs(model.Tags),
        ["aliases"] = new JsonArray(
            model.Aliases.Select(pair => (JsonNode)new JsonObject { ["alias"] = pair.Key, ["version"] = pair.Value }).ToArray()),
    };

    private static JsonObject Version(FakeRegisteredModel model, FakeVersion version) => new()
    {
        ["name"] = model.Name, ["version"] = Number(version), ["source"] = version.Source, ["run_id"] = version.RunId, ["status"] = "READY",
        ["description"] = version.Description ?? "", ["creation_timestamp"] = 1, ["tags"] = Pairs(version.Tags),
        ["aliases"] = new JsonArray(model.Aliases.Where(pair => pair.Value == Number(version)).Select(pair => (JsonNode)pair.Key).ToArray()),
    };
}
