using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using FineTuneWorkflows.Foundation.Digests;
using FineTuneWorkflows.Pipelines.Contract;

namespace FineTuneWorkflows.Pipelines.Fingerprints;

/// <summary>
/// All that can change what a stage makes: its type and version, its parameters (the seed among them), the content of the files it reads, and the digests of its
/// input artifacts. The SHA-256 of its canonical JSON is the fingerprint.
/// </summary>
/// <param name="Stage">The activity type.</param>
/// <param name="Version">The version of the stage's code.</param>
/// <param name="Parameters">Canonical texts of the parameters that affect the result, by name.</param>
/// <param name="Files">Digests of the files read, by the parameter that names them; of those that come from another machine, the name that they are pinned to.</param>
/// <param name="Inputs">Digests of the input artifacts, by name.</param>
public sealed record FingerprintDocument(
    string Stage,
    int Version,
    SortedList<string, string> Parameters,
    SortedList<string, string> Files,
    SortedList<string, string> Inputs)
{
    private static readonly JsonWriterOptions Canonically = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Ordinal order whatever the dictionaries came with: the fingerprint must not depend on a culture.
    /// <summary>Canonical texts of the parameters that affect the result, by name.</summary>
    public SortedList<string, string> Parameters { get; } = new(Parameters, StringComparer.Ordinal);

    /// <summary>Digests of the files read, by the parameter that names them; of those that come from another machine, the name that they are pinned to.</summary>
    public SortedList<string, string> Files { get; } = new(Files, StringComparer.Ordinal);

    /// <summary>Digests of the input artifacts, by name.</summary>
    public SortedList<string, string> Inputs { get; } = new(Inputs, StringComparer.Ordinal);

    /// <summary>The fingerprint, lower-case hexadecimal.</summary>
    public string Fingerprint()
    {
        var canonical = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(canonical, Canonically))
        {
            json.WriteStartObject();
            json.WriteString("stage", Stage);
            json.WriteNumber("version", Version);
            Write(json, "parameters", Parameters);
            Write(json, "files", Files);
            Write(json, "inputs", Inputs);
            json.WriteEndObject();
        }

        return ContentDigest.Of(canonical.WrittenSpan);
    }

    internal static FingerprintDocument Of(
        StageDescriptor descriptor, Stage stage, IReadOnlyDictionary<string, string> files, IReadOnlyDictionary<string, string> inputs)
    {
        var parameters = new SortedList<string, string>(StringComparer.Ordinal);
        foreach (var parameter in descriptor.Parameters)
            if (parameter.AffectsResult && !files.ContainsKey(parameter.Name))
                parameters[parameter.Name] = parameter.TextOf(stage);
        return new(
            descriptor.Type, descriptor.Version, parameters, new(files.ToDictionary(), StringComparer.Ordinal), new(inputs.ToDictionary(), StringComparer.Ordinal));
    }

    private static void Write(Utf8JsonWriter json, string name, SortedList<string, string> texts)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in texts)
            json.WriteString(key, value);
        json.WriteEndObject();
    }
}
