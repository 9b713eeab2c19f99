using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneWorkflows.Foundation.Files;
using FineTuneWorkflows.Learning.Checkpoints;
using FineTuneWorkflows.Learning.Models.Decoders;
using FineTuneWorkflows.Learning.Models.Encoders;

namespace FineTuneWorkflows.Learning.Models.Configuration;

/// <summary>Reads and writes <c>config.json</c> by the tables of fields and of the families' names for them.</summary>
internal static class ConfigFile
{
    public const string Name = "config.json";

    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static IEnumerable<string> Families => EncoderFamily.All.Select(f => f.ModelType).Concat(DecoderFamily.All.Select(f => f.ModelType));

    public static ModelConfig Read(string folder)
    {
        string path = Path.Combine(folder, Name);
        if (!Directory.Exists(folder))
            throw new ModelException($"Model folder {folder} does not exist.");
        if (!File.Exists(path))
            throw new ModelException($"{path} does not exist. A model folder holds {Name} and {ModelWeights.SingleFile}.");
        ModelConfig config;
        try
        {
            using JsonDocument document = Usual(File.ReadAllBytes(path));
            config = Parse(document.RootElement, path);
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException or InvalidOperationException or ArgumentException)
        {
            throw new ModelException($"{path} is no valid model configuration: {exception.Message}", exception);
        }
        if (config is DecoderConfig decoder)
            config = GenerationFile.Follow(decoder, folder);
        config.Check(path);
        return config;
    }

    /// <summary>Writes the file, and what Python needs beside it: see <see cref="MeanPoolingFile"/>.</summary>
    public static void Write(ModelConfig config, string folder)
    {
        JsonObject json = ToObject(config);
        if (MeanPoolingFile.Concerns(config))
            MeanPoolingFile.Guard(json);
        DurableFile.Write(Path.Combine(folder, Name), stream =>
        {
            stream.Write(System.Text.Encoding.UTF8.GetBytes(json.ToJsonString(Format)));
            stream.WriteByte((byte)'\n');
        });
        MeanPoolingFile.WriteCode(config, folder);
    }

    /// <summary>The usual text: known fields first, then the others in the order in which they were read.</summary>
    public static string ToJson(ModelConfig config) => ToObject(config).ToJsonString(Format);

    private static JsonObject ToObject(ModelConfig config)
    {
        var json = new JsonObject();
        if (config is EncoderConfig encoder)
            Put(encoder, ConfigFields.Encoder, encoder.Family().FieldNames, json);
        if (config is DecoderConfig decoder)
            Put(decoder, ConfigFields.Decoder, decoder.Family().FieldNames, json);
        foreach ((string name, JsonElement value) in config.Others)
            json[name] = JsonNode.Parse(value.GetRawText());
        return json;
    }

    private static JsonDocument Usual(byte[] file)
    {
        JsonDocument document = JsonDocument.Parse(file);
        if (!MeanPoolingFile.IsGuarded(document.RootElement))
            return document;
        using (document)
        {
            JsonObject json = JsonObject.Create(document.RootElement)!;
            MeanPoolingFile.Unguard(json);
            return JsonDocument.Parse(json.ToJsonString());
        }
    }

    private static ModelConfig Parse(JsonElement root, string path)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new ModelException($"{path} is no valid model configuration: it holds no object.");
        string type = root.TryGetProperty("model_type", out JsonElement value) ? new FieldValue(path, "model_type", value).Text() : "bert";
        if (EncoderFamily.Find(type) is { } encoder)
            return Fill(encoder.Defaults, ConfigFields.Encoder, encoder.FieldNames, root, path);
        if (DecoderFamily.Find(type) is { } decoder)
            return Fill(decoder.Defaults, ConfigFields.Decoder, decoder.FieldNames, root, path).Completed(path);
        throw new ModelException($"{path}: model_type is {type}; families that can be read are {string.Join(", ", Families)}.");
    }

    private static T Fill<T>(T config, IReadOnlyList<ConfigField<T>> fields, IReadOnlyDictionary<string, string?> names, JsonElement root, string path)
        where T : ModelConfig
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (ConfigField<T> field in fields)
        {
            string? name = names.TryGetValue(field.Name, out string? own) ? own : field.Name;
            if (name is null)
                continue;
            known.Add(name);
            if (!root.TryGetProperty(name, out JsonElement value))
                continue;
            // null is what transformers writes where nothing is set; it differs from the default only where null has a meaning of its own.
            if (value.ValueKind != JsonValueKind.Null)
                config = field.Set(config, new FieldValue(path, name, value));
            else if (field.Clear is not null)
                config = field.Clear(config);
        }
        known.Add("dtype");
        if (root.TryGetProperty("dtype", out JsonElement type) && type.ValueKind == JsonValueKind.String)
            config = config with { TorchType = config.TorchType ?? type.GetString() };
        var others = new OrderedDictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (JsonProperty property in root.EnumerateObject().Where(property => !known.Contains(property.Name)))
            others[property.Name] = property.Value.Clone();
        return config with { Others = others };
    }

    private static void Put<T>(T config, IReadOnlyList<ConfigField<T>> fields, IReadOnlyDictionary<string, string?> names, JsonObject json)
    {
        foreach (ConfigField<T> field in fields)
        {
            string? name = names.TryGetValue(field.Name, out string? own) ? own : field.Name;
            if (name is null)
                continue;
            JsonNode? value = field.Get(config);
            if (value is not null || field.Clear is not null)
                json[name] = value;
        }
    }
}
