using System.Buffers;
using System.Text;
using System.Text.Json;

namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>JSON that is kept as text: written in one way, so that equal values are equal texts.</summary>
internal static class CanonicalJson
{
    /// <summary>For JSON within JSON: not so deep that both together could not be read again.</summary>
    public static readonly JsonDocumentOptions Inner = new() { MaxDepth = 32 };

    /// <summary>A value as text.</summary>
    public static string Text(JsonElement value) => Text(value.WriteTo);

    /// <summary>What is written, as text.</summary>
    public static string Text(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, TextJson.Line)) write(json);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Whether a value says nothing: null, an empty text, an empty list, an empty object.</summary>
    public static bool IsEmpty(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => true,
        JsonValueKind.String => value.ValueEquals(""),
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => value.GetPropertyCount() == 0,
        _ => false,
    };
}
