using System.Text.Json;

namespace FineTuneWorkflows.Learning.Checkpoints;

/// <summary>Reads <c>model.safetensors.index.json</c>.</summary>
internal static class ShardIndex
{
    private const long MaxBytes = 100_000_000;

    /// <summary>Which file has which weight; all files lie beside the index.</summary>
    public static IReadOnlyDictionary<string, string> Read(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
                throw new CheckpointException($"{path} has more than the {MaxBytes} bytes that an index may have.");
            using FileStream stream = File.OpenRead(path);
            using JsonDocument document = JsonDocument.Parse(stream);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("weight_map", out JsonElement map)
                || map.ValueKind != JsonValueKind.Object)
                throw new CheckpointException($"{path} has no object weight_map, which says which shard has which weight.");
            var files = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (JsonProperty property in map.EnumerateObject())
            {
                string? file = property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString() : null;
                if (string.IsNullOrEmpty(file) || file != Path.GetFileName(file) || file.Contains('\\') || file is "." or ".."
                    || !file.EndsWith(".safetensors", StringComparison.Ordinal))
                    throw new CheckpointException($"{path}: weight '{property.Name}' is said to be in {property.Value.GetRawText()}, which is no name of "
                        + "a .safetensors file beside the index.");
                if (!files.TryAdd(property.Name, file))
                    throw new CheckpointException($"{path} names weight '{property.Name}' twice.");
            }
            if (files.Count == 0)
                throw new CheckpointException($"{path} names no weight.");
            return files;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path} is no index of shards: {exception.Message}", exception);
        }
    }
}
