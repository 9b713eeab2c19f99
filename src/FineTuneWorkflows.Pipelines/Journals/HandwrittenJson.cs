using System.Text.Json;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Fingerprints;

namespace FineTuneWorkflows.Pipelines.Journals;

/// <summary>
/// The JSON that every run reads and writes, by hand. The serializer's generic machinery has to be compiled anew in every process, which takes longer than all the rest of a run with
/// nothing to do. Events and summaries come out byte for byte as <see cref="RunJson"/> writes them; a test compares the two.
/// </summary>
internal static class HandwrittenJson
{
    /// <summary>An event of a journal. Those that a run without work has are written here, the others by the serializer.</summary>
    public static byte[] Event(RunEvent runEvent) => runEvent switch
    {
        RunStarted e => Text(json =>
        {
            Begin(json, "run-started");
            json.Text("runId", e.RunId);
            json.Text("pipeline", e.Pipeline);
            json.Text("name", e.Name);
            json.Optional("definition", e.Definition);
            json.Texts("properties", e.Properties);
            json.Text("engine", e.Engine);
            json.Optional("parent", e.Parent);
            if (e.Given is not null)
                json.Texts("given", e.Given);
            if (e.Tracking is not null)
                json.Texts("tracking", e.Tracking);
            json.Time("time", e.Time);
        }),
        RunResumed e => Text(json =>
        {
            Begin(json, "run-resumed");
            json.Text("runId", e.RunId);
            json.Time("time", e.Time);
        }),
        RunFinished e => Text(json =>
        {
            Begin(json, "run-finished");
            json.Text("runId", e.RunId);
            json.Text("status", e.Status switch { RunStatus.Succeeded => "Succeeded", RunStatus.Failed => "Failed", RunStatus.Cancelled => "Cancelled", _ => throw new ArgumentOutOfRangeException(nameof(runEvent)) });
            json.Time("time", e.Time);
        }),
        StageFinished { Outcome: StageOutcome.UpToDate } e => Text(json =>
        {
            Begin(json, "stage-finished");
            json.Text("stageId", e.StageId);
            json.Text("type", e.Type);
            json.Text("outcome", "UpToDate");
            json.Text("reason", e.Reason);
            json.Number("seconds", e.Seconds);
            json.Optional("fingerprint", e.Fingerprint);
            json.Texts("artifacts", e.Artifacts);
            json.Numbers("metrics", e.Metrics);
            json.Texts("tags", e.Tags);
            json.Optional("madeByRun", e.MadeByRun);
            json.Optional("error", e.Error);
            json.Time("time", e.Time);
        }),
        _ => JsonSerializer.SerializeToUtf8Bytes(runEvent, RunJson.Default.RunEvent),
    };

    /// <summary>A run's summary.</summary>
    public static byte[] Summary(RunSummary summary) => Text(json =>
    {
        json.Text("runId", summary.RunId);
        json.Text("status", summary.Status);
        json.Objects("stages", summary.Stages, stage =>
        {
            json.Text("id", stage.Id);
            json.Text("type", stage.Type);
            json.Text("outcome", stage.Outcome);
            json.Number("seconds", stage.Seconds);
            json.Text("reason", stage.Reason);
            json.Texts("artifacts", stage.Artifacts);
            json.Optional("notes", stage.Notes);
        });
        json.Numbers("metrics", summary.Metrics);
        json.Optional("notes", summary.Notes);
    });

    /// <summary>An entry of the run cache.</summary>
    public static byte[] Record(StageRecord record) => Text(json =>
    {
        json.Text("fingerprint", record.Fingerprint);
        Document(json, record.Document);
        json.Texts("artifacts", record.Artifacts);
        json.Numbers("metrics", record.Metrics);
        json.Texts("tags", record.Tags);
        json.Number("seconds", record.Seconds);
        json.Text("runId", record.RunId);
        json.Time("finished", record.Finished);
        json.Text("engine", record.Engine);
        json.Text("platform", record.Platform);
        if (record.Datasets.Count == 0)
            return;
        json.Objects("datasets", record.Datasets, dataset =>
        {
            json.Text("name", dataset.Name);
            json.Text("digest", dataset.Digest);
            json.Text("source", dataset.Source);
            json.Text("context", dataset.Context);
            json.Optional("location", dataset.Location);
            if (dataset.Rows is { } rows)
                json.Number("rows", rows);
            if (dataset.Columns is not null)
                json.Texts("columns", dataset.Columns);
        });
    });

    /// <exception cref="JsonException">It is none.</exception>
    public static StageRecord ReadRecord(byte[] utf8)
    {
        using var json = JsonDocument.Parse(utf8);
        var root = json.RootElement;
        return new(
            String(root, "fingerprint"), ReadDocument(Member(root, "document")), ReadTexts(Member(root, "artifacts")), ReadNumbers(Member(root, "metrics")),
            ReadTexts(Member(root, "tags")), Number(Member(root, "seconds")), String(root, "runId"),
            Time(Member(root, "finished")), String(root, "engine"), String(root, "platform"))
        {
            Datasets = root.TryGetProperty("datasets", out var datasets) ? ReadDatasets(datasets) : [],
        };
    }

    /// <summary>What a pipeline was last asked to do.</summary>
    public static byte[] Memory(PipelineMemory memory) => Text(json =>
    {
        json.Optional("runId", memory.RunId);
        json.Optional("plan", memory.Plan);
        json.Flag("finished", memory.Finished);
        json.Object("stages", () =>
        {
            foreach (var (name, request) in memory.Stages)
                json.Object(name, () =>
                {
                    Document(json, request.Document);
                    json.Text("runId", request.RunId);
                    json.Flag("done", request.Done);
                });
        });
    });

    /// <exception cref="JsonException">It is none.</exception>
    public static PipelineMemory ReadMemory(byte[] utf8)
    {
        using var json = JsonDocument.Parse(utf8);
        var root = json.RootElement;
        var stages = new Dictionary<string, PipelineMemory.Request>(StringComparer.Ordinal);
        foreach (var stage in Members(Member(root, "stages")))
            stages[stage.Name] = new(ReadDocument(Member(stage.Value, "document")), String(stage.Value, "runId"), Flag(stage.Value, "done"));
        return new(
            root.TryGetProperty("runId", out var runId) ? String(runId) : null, root.TryGetProperty("plan", out var plan) ? String(plan) : null, Flag(root, "finished"), stages);
    }

    private static byte[] Text(Action<JsonText> members) => JsonText.Object(JsonText.Escaping.Default, members);

    private static void Begin(JsonText json, string discriminator) => json.Text("event", discriminator);

    private static void Document(JsonText json, FingerprintDocument document) => json.Object("document", () =>
    {
        json.Text("stage", document.Stage);
        json.Number("version", document.Version);
        json.Texts("parameters", document.Parameters);
        json.Texts("files", document.Files);
        json.Texts("inputs", document.Inputs);
    });

    private static FingerprintDocument ReadDocument(JsonElement json) => new(
        String(json, "stage"), Whole(Member(json, "version")),
        ReadSorted(Member(json, "parameters")), ReadSorted(Member(json, "files")), ReadSorted(Member(json, "inputs")));

    private static UsedDataset[] ReadDatasets(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Array)
            throw new JsonException("there is something else where a list belongs");
        return [.. json.EnumerateArray().Select(d => new UsedDataset(
            String(d, "name"), String(d, "digest"), String(d, "source"), String(d, "context"), d.TryGetProperty("location", out var location) ? String(location) : null,
            d.TryGetProperty("rows", out var rows) ? (long)Number(rows) : null, d.TryGetProperty("columns", out var columns) ? ReadTexts(columns) : null))];
    }

    private static SortedList<string, string> ReadSorted(JsonElement json)
    {
        var texts = new SortedList<string, string>(StringComparer.Ordinal);
        foreach (var member in Members(json))
            texts[member.Name] = String(member.Value);
        return texts;
    }

    private static Dictionary<string, string> ReadTexts(JsonElement json)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in Members(json))
            texts[member.Name] = String(member.Value);
        return texts;
    }

    private static Dictionary<string, double> ReadNumbers(JsonElement json)
    {
        var numbers = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var member in Members(json))
            numbers[member.Name] = Number(member.Value);
        return numbers;
    }

    private static double Number(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Number => json.GetDouble(),
        JsonValueKind.String when json.ValueEquals("NaN") => double.NaN,
        JsonValueKind.String when json.ValueEquals("Infinity") => double.PositiveInfinity,
        JsonValueKind.String when json.ValueEquals("-Infinity") => double.NegativeInfinity,
        _ => throw new JsonException("there is something else where a number belongs"),
    };

    private static int Whole(JsonElement json) =>
        json.ValueKind == JsonValueKind.Number && json.TryGetInt32(out var value) ? value : throw new JsonException("there is something else where a whole number belongs");

    private static DateTimeOffset Time(JsonElement json) =>
        json.ValueKind == JsonValueKind.String && json.TryGetDateTimeOffset(out var time) ? time : throw new JsonException("there is something else where a time belongs");

    private static JsonElement Member(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var member) ? member : throw new JsonException($"{name} is missing");

    private static JsonElement.ObjectEnumerator Members(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object ? json.EnumerateObject() : throw new JsonException("there is something else where an object belongs");

    private static string String(JsonElement json, string name) => String(Member(json, name));

    private static string String(JsonElement json) =>
        json.ValueKind == JsonValueKind.String ? json.GetString()! : throw new JsonException("there is something else where a text belongs");

    private static bool Flag(JsonElement json, string name) => Member(json, name).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw new JsonException($"{name} is neither true nor false"),
    };
}
