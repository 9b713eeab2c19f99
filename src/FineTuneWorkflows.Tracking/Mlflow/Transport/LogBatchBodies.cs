using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using FineTuneWorkflows.Tracking.Mlflow.Entities;

namespace FineTuneWorkflows.Tracking.Mlflow.Transport;

/// <summary>Writes the bodies of <c>runs/log-batch</c>, each within the server's limits of count and bytes.</summary>
internal static class LogBatchBodies
{
    // Each entity is written by itself first, so that its bytes are known before it is put into a body. Brackets and commas come on top.
    private const int Overhead = 200;

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    internal static IEnumerable<ReadOnlyMemory<byte>> Split(
        string runId, IReadOnlyList<MlflowMetric> metrics, IReadOnlyList<MlflowParam> parameters, IReadOnlyList<MlflowTag> tags)
    {
        foreach (var metric in metrics) Check(metric);
        foreach (var parameter in parameters) Check("parameter", parameter.Key, parameter.Value, MlflowLimits.ParameterValue);
        foreach (var tag in tags) Check("tag", tag.Key, tag.Value, MlflowLimits.TagValue);
        return Bodies(runId, metrics, parameters, tags);
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Bodies(
        string runId, IReadOnlyList<MlflowMetric> metrics, IReadOnlyList<MlflowParam> parameters, IReadOnlyList<MlflowTag> tags)
    {
        var (metric, parameter, tag) = (0, 0, 0);
        while (metric < metrics.Count || parameter < parameters.Count || tag < tags.Count)
        {
            var buffer = new ArrayBufferWriter<byte>(4096);
            using (var json = new Utf8JsonWriter(buffer, WriterOptions))
            {
                json.WriteStartObject();
                json.WriteString("run_id", runId);
                var room = MlflowLimits.EntitiesPerBatch;
                Section(json, "params", parameters, ref parameter, Math.Min(room, MlflowLimits.ParametersPerBatch), ref room, Write);
                Section(json, "tags", tags, ref tag, Math.Min(room, MlflowLimits.TagsPerBatch), ref room, Write);
                Section(json, "metrics", metrics, ref metric, Math.Min(room, MlflowLimits.MetricsPerBatch), ref room, Write);
                json.WriteEndObject();
            }

            yield return buffer.WrittenMemory;
        }
    }

    private static void Section<T>(
        Utf8JsonWriter json, string name, IReadOnlyList<T> items, ref int next, int most, ref int room, Action<Utf8JsonWriter, T> write)
    {
        if (next == items.Count) return;
        var item = new ArrayBufferWriter<byte>(256);
        using var single = new Utf8JsonWriter(item, WriterOptions);
        json.WriteStartArray(name);
        for (var taken = 0; taken < most && next < items.Count; taken++, room--, next++)
        {
            item.ResetWrittenCount();
            single.Reset();
            write(single, items[next]);
            single.Flush();
            if (json.BytesCommitted + json.BytesPending + item.WrittenCount + Overhead > MlflowLimits.BatchBytes) break;
            json.WriteRawValue(item.WrittenSpan, skipInputValidation: true);
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, MlflowMetric metric)
    {
        json.WriteStartObject();
        json.WriteString("key", metric.Key);
        if (double.IsNaN(metric.Value)) json.WriteString("value", "NaN");
        else if (double.IsInfinity(metric.Value)) json.WriteString("value", metric.Value > 0 ? "Infinity" : "-Infinity");
        else json.WriteNumber("value", metric.Value);
        json.WriteNumber("timestamp", metric.Timestamp);
        json.WriteNumber("step", metric.Step);
        if (metric.ModelId is not null) json.WriteString("model_id", metric.ModelId);
        if (metric.DatasetName is not null) json.WriteString("dataset_name", metric.DatasetName);
        if (metric.DatasetDigest is not null) json.WriteString("dataset_digest", metric.DatasetDigest);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, MlflowParam parameter) => Write(json, parameter.Key, parameter.Value);

    private static void Write(Utf8JsonWriter json, MlflowTag tag) => Write(json, tag.Key, tag.Value);

    private static void Write(Utf8JsonWriter json, string key, string value)
    {
        json.WriteStartObject();
        json.WriteString("key", key);
        json.WriteString("value", value);
        json.WriteEndObject();
    }

    private static void Check(MlflowMetric metric)
    {
        MlflowLimits.CheckKey(metric.Key, "metric");
        if (metric.Timestamp < 0) throw new TrackingException(
            $"Metric {metric.Key} has the time {metric.Timestamp}; the server takes none before 1970.");
    }

    private static void Check(string what, string key, string value, int longest)
    {
        MlflowLimits.CheckKey(key, what);
        if (value.Length > longest)
            throw new TrackingException($"The value of {what} {key} has {value.Length} characters; the server would cut it to {longest}.");
    }
}
