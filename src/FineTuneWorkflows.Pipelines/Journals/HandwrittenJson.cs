using System.Text.Json;
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
            json.WriteString("runId", e.RunId);
            json.WriteString("pipeline", e.Pipeline);
            json.WriteString("name", e.Name);
            Optional(json, "definition", e.Definition);
            Texts(json, "properties", e.Properties);
            json.WriteString("engine", e.Engine);
            json.WriteString("time", e.Time);
        }),
        RunResumed e => Text(json =>
        {
            Begin(json, "run-resumed");
            json.WriteString("runId", e.RunId);
            json.WriteString("time", e.Time);
        }),
        RunFinished e => Text(json =>
        {
            Begin(json, "run-finished");
            json.WriteString("runId", e.RunId);
            json.WriteString("status", e.Status switch { RunStatus.Succeeded => "Succeeded", RunStatus.Failed => "Failed", RunStatus.Cancelled => "Cancelled", _ => throw new ArgumentOutOfRangeException(nameof(runEvent)) });
            json.WriteString("time", e.Time);
        }),
        StageFinished { Outcome: StageOutcome.UpToDate } e => Text(json =>
        {
            Begin(json, "stage-finished");
            json.WriteString("stageId", e.StageId);
            json.WriteString("type", e.Type);
            json.WriteString("outcome", "UpToDate");
            json.WriteString("reason", e.Reason);
            json.WriteNumber("seconds", e.Seconds);
            Optional(json, "fingerprint", e.Fingerprint);
            Texts(json, "artifacts", e.Artifacts);
            Numbers(json, "metrics", e.Metrics);
            Texts(json, "tags", e.Tags);
            Optional(json, "madeByRun", e.MadeByRun);
            Optional(json, "error", e.Error);
            json.WriteString("time", e.Time);
        }),
        _ => JsonSerializer.SerializeToUtf8Bytes(runEvent, RunJson.Default.RunEvent),
    };

    /// <summary>A run's summary.</summary>
    public static byte[] Summary(RunSummary summary) => Text(json =>
    {
        json.WriteString("runId", summary.RunId);
        json.WriteString("status", summary.Status);
        json.WriteStartArray("stages");
        foreach (var stage in summary.Stages)
        {
            json.WriteStartObject();
            json.WriteString("id", stage.Id);
            json.WriteString("type", stage.Type);
            json.WriteString("outcome", stage.Outcome);
            json.WriteNumber("seconds", stage.Seconds);
            json.WriteString("reason", stage.Reason);
            Texts(json, "artifacts", stage.Artifacts);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Numbers(json, "metrics", summary.Metrics);
    });

    /// <summary>An entry of the run cache.</summary>
    public static byte[] Record(StageRecord record) => Text(json =>
    {
        json.WriteString("fingerprint", record.Fingerprint);
        Document(json, record.Document);
        Texts(json, "artifacts", record.Artifacts);
        Numbers(json, "metrics", record.Metrics);
        Texts(json, "tags", record.Tags);
        json.WriteNumber("seconds", record.Seconds);
        json.WriteString("runId", record.RunId);
        json.WriteString("finished", record.Finished);
        json.WriteString("engine", record.Engine);
        json.WriteString("platform", record.Platform);
    });

    /// <exception cref="JsonException">It is none.</exception>
    public static StageRecord ReadRecord(byte[] utf8)
    {
        using var json = JsonDocument.Parse(utf8);
        var root = json.RootElement;
        return new(
            String(root, "fingerprint"), ReadDocument(Member(root, "document")), ReadTexts(Member(root, "artifacts")), ReadNumbers(Member(root, "metrics")),
            ReadTexts(Member(root, "tags")), Number(Member(root, "seconds")), String(root, "runId"),
            Time(Member(root, "finished")), String(root, "engine"), String(root, "platform"));
    }

    /// <summary>What a pipeline was last asked to do.</summary>
    public static byte[] Memory(PipelineMemory memory) => Text(json =>
    {
        Optional(json, "runId", memory.RunId);
        Optional(json, "plan", memory.Plan);
        json.WriteBoolean("finished", memory.Finished);
        json.WriteStartObject("stages");
        foreach (var (name, request) in memory.Stages)
        {
            json.WriteStartObject(name);
            Document(json, request.Document);
            json.WriteString("runId", request.RunId);
            json.WriteBoolean("done", request.Done);
            json.WriteEndObject();
        }

        json.WriteEndObject();
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

    private static byte[] Text(Action<Utf8JsonWriter> members)
    {
        using var stream = new MemoryStream(1024);
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void Begin(Utf8JsonWriter json, string discriminator) => json.WriteString("event", discriminator);

    private static void Optional(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
            json.WriteString(name, value);
    }

    private static void Texts(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string> texts)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in texts)
            json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static void Numbers(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, double> numbers)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in numbers)
        {
            if (double.IsFinite(value))
                json.WriteNumber(key, value);
            else
                json.WriteString(key, double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
        }

        json.WriteEndObject();
    }

    private static void Document(Utf8JsonWriter json, FingerprintDocument document)
    {
        json.WriteStartObject("document");
        json.WriteString("stage", document.Stage);
        json.WriteNumber("version", document.Version);
        Texts(json, "parameters", document.Parameters);
        Texts(json, "files", document.Files);
        Texts(json, "inputs", document.Inputs);
        json.WriteEndObject();
    }

    private static FingerprintDocument ReadDocument(JsonElement json) => new(
        String(json, "stage"), Whole(Member(json, "version")),
        ReadSorted(Member(json, "parameters")), ReadSorted(Member(json, "files")), ReadSorted(Member(json, "inputs")));

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
