using System.Text.Json;
using FineTuneWorkflows.Tracking.Registry;

namespace FineTuneWorkflows.Stages.RegisterModel;

/// <summary>The <c>registration</c> artifact: <c>registration.json</c> says which version a model became.</summary>
internal static class RegistrationFile
{
    public static void Write(string folder, ModelVersion version, string? alias, string? gate)
    {
        using var stream = File.Create(Path.Combine(folder, "registration.json"));
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("name", version.Name);
        json.WriteNumber("version", version.Version);
        json.WriteString("model", version.Digest);
        json.WriteString("run", version.RunId);
        json.WriteString("alias", alias);
        json.WriteString("gate", gate);
        json.WriteStartArray("data");
        foreach (var digest in version.DataDigests)
            json.WriteStringValue(digest);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
