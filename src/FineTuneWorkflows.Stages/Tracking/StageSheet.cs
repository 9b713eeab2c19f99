using System.Text.Encodings.Web;
using System.Text.Json;
using FineTuneWorkflows.Foundation.Files;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Tracking.Events;

namespace FineTuneWorkflows.Stages.Tracking;

/// <summary>The file <c>stages.json</c> of a run: how each stage ended and why, its fingerprint, which run made it, the digests of its artifacts, its parameters and tags.</summary>
internal static class StageSheet
{
    public const string FileName = "stages.json";

    /// <summary>Writes it, without secrets.</summary>
    public static void Write(string path, IEnumerable<(StageFinished Stage, IEnumerable<KeyValuePair<string, string>> Parameters)> stages)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            foreach (var (stage, parameters) in stages)
            {
                json.WriteStartObject(stage.StageId);
                json.WriteString("type", stage.Type);
                json.WriteString("outcome", stage.Outcome.Name());
                json.WriteString("reason", stage.Reason);
                json.WriteNumber("seconds", stage.Seconds);
                json.WriteString("fingerprint", stage.Fingerprint);
                json.WriteString("made_by_run", stage.MadeByRun);
                Texts(json, "artifacts", stage.Artifacts);
                Texts(json, "parameters", parameters);
                Texts(json, "tags", stage.Tags);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        var masked = MaskedJson.Of(System.Text.Encoding.UTF8.GetString(stream.ToArray()), new());
        DurableFile.Write(path, System.Text.Encoding.UTF8.GetBytes(masked), flush: false);
    }

    private static void Texts(Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<string, string>> texts)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in texts.OrderBy(t => t.Key, StringComparer.Ordinal))
            json.WriteString(key, value);
        json.WriteEndObject();
    }
}
