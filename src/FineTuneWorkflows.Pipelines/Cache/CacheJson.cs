using System.Text.Json;
using System.Text.Json.Serialization;

namespace FineTuneWorkflows.Pipelines.Cache;

/// <summary>How the run cache and the pipelines' memories are written as JSON. What is missing or null where something belongs is a <see cref="JsonException"/>, as what is no JSON is.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(TextsConverter), typeof(SortedTextsConverter)])]
[JsonSerializable(typeof(StageRecord))]
[JsonSerializable(typeof(PipelineMemory))]
internal sealed partial class CacheJson : JsonSerializerContext
{
    private static void Write(Utf8JsonWriter writer, IEnumerable<KeyValuePair<string, string>> texts)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in texts)
            writer.WriteString(name, value);
        writer.WriteEndObject();
    }

    // The serializer's own converters take null for a text, and compare the keys of sorted lists by the culture.
    private static void Read(ref Utf8JsonReader reader, IDictionary<string, string> texts)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("there is something else where an object belongs");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            reader.Read();
            texts[name] = reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException($"{name}: there is something else where a text belongs");
        }
    }

    private sealed class TextsConverter : JsonConverter<IReadOnlyDictionary<string, string>>
    {
        public override IReadOnlyDictionary<string, string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var texts = new Dictionary<string, string>(StringComparer.Ordinal);
            CacheJson.Read(ref reader, texts);
            return texts;
        }

        public override void Write(Utf8JsonWriter writer, IReadOnlyDictionary<string, string> value, JsonSerializerOptions options) => CacheJson.Write(writer, value);
    }

    private sealed class SortedTextsConverter : JsonConverter<SortedList<string, string>>
    {
        public override SortedList<string, string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var texts = new SortedList<string, string>(StringComparer.Ordinal);
            CacheJson.Read(ref reader, texts);
            return texts;
        }

        public override void Write(Utf8JsonWriter writer, SortedList<string, string> value, JsonSerializerOptions options) => CacheJson.Write(writer, value);
    }
}
