using System.Text.Encodings.Web;
using System.Text.Json;

namespace FineTuneWorkflows.Text.Datasets;

/// <summary>How this project writes and reads its JSON files: camel case, indented, LF, characters beyond ASCII as they are.</summary>
internal static class TextJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    public static readonly JsonWriterOptions Line = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write<T>(string path, T value) => File.WriteAllBytes(path, Bytes(value));

    public static byte[] Bytes<T>(T value) => [.. JsonSerializer.SerializeToUtf8Bytes(value, Options), (byte)'\n'];

    /// <summary>Reads a JSON file of ours; anything wrong is a <see cref="TextDataException"/> that names it.</summary>
    public static T Read<T>(string path, string expected)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllBytes(path), Options)
                ?? throw new TextDataException($"the file is empty; expected {expected}", path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new TextDataException($"the file does not exist; expected {expected}", path, inner: e);
        }
        catch (JsonException e)
        {
            throw new TextDataException($"the file is damaged or no {expected}: {e.Message}", path, inner: e);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new TextDataException($"the file cannot be read: {e.Message}", path, inner: e);
        }
    }
}
