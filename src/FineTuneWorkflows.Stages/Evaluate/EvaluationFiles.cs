using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using FineTuneWorkflows.Learning.Metrics;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Labelling;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Stages.Evaluate;

/// <summary>
/// The <c>evaluation</c> artifact: <c>report.json</c> and, where there is a baseline, <c>baseline.json</c> with everything that was measured, <c>metrics.json</c> with the figures by name, and
/// <c>predictions.jsonl</c> with each test text (of a pair both), its label, the prediction and the probabilities. Where the model has a temperature, <c>report.json</c> measures its probabilities as they are,
/// <c>calibrated.json</c> says what the temperature makes of them, and the predictions have those at it, as <c>finetune predict</c> gives them. Beside them the plots of <see cref="EvaluationPlots"/>.
/// </summary>
internal static partial class EvaluationFiles
{
    /// <summary>The figures by name.</summary>
    public const string MetricsFile = "metrics.json";

    public static void Write(
        string folder, ClassificationReport report, CalibratedReport? calibrated, ClassificationReport? baseline, IReadOnlyList<TextExample> test, ProbabilityTable probabilities)
    {
        WriteJson(Path.Combine(folder, "report.json"), report, Json.Default.ClassificationReport);
        if (calibrated is not null)
            WriteJson(Path.Combine(folder, "calibrated.json"), calibrated, Json.Default.CalibratedReport);
        if (baseline is not null)
            WriteJson(Path.Combine(folder, "baseline.json"), baseline, Json.Default.ClassificationReport);
        var metrics = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var (key, value) in report.ToMetrics())
            metrics["test/" + key] = value;
        foreach (var (key, value) in calibrated?.ToMetrics() ?? new Dictionary<string, double>())
            metrics[key] = value;
        foreach (var (key, value) in baseline?.ToMetrics() ?? new Dictionary<string, double>())
            metrics["baseline/" + key] = value;
        WriteJson(Path.Combine(folder, MetricsFile), metrics, Json.Default.SortedDictionaryStringDouble);
        WritePredictions(Path.Combine(folder, "predictions.jsonl"), report, test, probabilities);
        EvaluationPlots.Write(folder, report, baseline);
    }

    /// <summary>Writes what was measured of a model for entities: reports, figures, and each test text's words with their true and predicted tags; where the data had texts, these with their true and
    /// predicted entities, places counted as in the data.</summary>
    public static void WriteEntities(
        string folder, EntityReport report, EntityReport? baseline, IEnumerable<KeyValuePair<string, double>> metrics, IReadOnlyList<TextExample> test, IReadOnlyList<IReadOnlyList<string>> predicted,
        OffsetUnit? offsets)
    {
        WriteJson(Path.Combine(folder, "report.json"), report, Json.Default.EntityReport);
        if (baseline is not null)
            WriteJson(Path.Combine(folder, "baseline.json"), baseline, Json.Default.EntityReport);
        WriteMetrics(folder, metrics);
        using var stream = new BufferedStream(File.Create(Path.Combine(folder, "predictions.jsonl")));
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        for (var i = 0; i < test.Count; i++)
        {
            json.WriteStartObject();
            if (offsets is { } unit && TextWords.Locate(test[i].Text, test[i].Words) is { } places)
            {
                json.WriteString("text", test[i].Text);
                WriteSpans(json, "entities", test[i], places, test[i].Tags, unit);
                WriteSpans(json, "predicted_entities", test[i], places, predicted[i], unit);
            }
            WriteTexts(json, "tokens", test[i].Words);
            WriteTexts(json, "tags", test[i].Tags);
            WriteTexts(json, "predicted", predicted[i]);
            json.WriteEndObject();
            json.Flush();
            json.Reset();
            stream.WriteByte((byte)'\n');
        }
    }

    /// <summary>Writes what a model wrote after the beginnings of test texts; of conversations beside what was said there.</summary>
    public static void WriteSamples(string folder, IEnumerable<(string Prompt, string Continuation, string? Expected)> samples)
    {
        using var stream = File.Create(Path.Combine(folder, "samples.jsonl"));
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        foreach (var (prompt, continuation, expected) in samples)
        {
            json.WriteStartObject();
            json.WriteString("prompt", prompt);
            json.WriteString("continuation", continuation);
            if (expected is not null)
                json.WriteString("expected", expected);
            json.WriteEndObject();
            json.Flush();
            json.Reset();
            stream.WriteByte((byte)'\n');
        }
    }

    /// <summary>Writes figures by name.</summary>
    public static void WriteMetrics(string folder, IEnumerable<KeyValuePair<string, double>> metrics) =>
        WriteJson(Path.Combine(folder, MetricsFile), new SortedDictionary<string, double>(metrics.ToDictionary(), StringComparer.Ordinal), Json.Default.SortedDictionaryStringDouble);

    /// <summary>The figures by name of an evaluation.</summary>
    public static IReadOnlyDictionary<string, double> ReadMetrics(string folder)
    {
        using var stream = File.OpenRead(Path.Combine(folder, MetricsFile));
        return JsonSerializer.Deserialize(stream, Json.Default.SortedDictionaryStringDouble) ?? throw new InvalidDataException($"{folder}/{MetricsFile} holds nothing");
    }

    private static void WriteSpans(Utf8JsonWriter json, string name, TextExample example, IReadOnlyList<TokenSpan> places, IReadOnlyList<string> tags, OffsetUnit unit)
    {
        var offsets = new TextOffsets(example.Text, unit);
        json.WriteStartArray(name);
        foreach (var chunk in EntityChunk.Of(tags))
        {
            var (start, end) = (places[chunk.Start].Start, places[chunk.End - 1].End);
            json.WriteStartObject();
            json.WriteNumber("start", offsets.FromUtf16(start));
            json.WriteNumber("end", offsets.FromUtf16(end));
            json.WriteString("label", chunk.Kind);
            json.WriteString("text", example.Text[start..end]);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static void WriteJson<T>(string path, T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        using var stream = File.Create(path);
        JsonSerializer.Serialize(stream, value, type);
        stream.WriteByte((byte)'\n');
    }

    private static void WritePredictions(string path, ClassificationReport report, IReadOnlyList<TextExample> test, ProbabilityTable probabilities)
    {
        using var stream = new BufferedStream(File.Create(path));
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        for (var i = 0; i < test.Count; i++)
        {
            json.WriteStartObject();
            json.WriteString("text", test[i].Text);
            if (test[i].Second is { } second)
                json.WriteString("second", second);
            json.WriteString("label", test[i].Label);
            json.WriteString("predicted", report.Classes[probabilities.Best(i)].Name);
            json.WriteStartObject("probabilities");
            for (var c = 0; c < report.Classes.Count; c++)
                json.WriteNumber(report.Classes[c].Name, Math.Round(probabilities.Row(i)[c], 6));
            json.WriteEndObject();
            json.WriteEndObject();
            json.Flush();
            json.Reset();
            stream.WriteByte((byte)'\n');
        }
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    [JsonSerializable(typeof(ClassificationReport))]
    [JsonSerializable(typeof(CalibratedReport))]
    [JsonSerializable(typeof(EntityReport))]
    [JsonSerializable(typeof(SortedDictionary<string, double>))]
    private sealed partial class Json : JsonSerializerContext;
}
