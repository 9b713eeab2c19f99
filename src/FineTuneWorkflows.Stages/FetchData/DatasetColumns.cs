using System.Text.Json;

namespace FineTuneWorkflows.Stages.FetchData;

/// <summary>The columns of a split, by its first example.</summary>
internal static class DatasetColumns
{
    /// <summary>The types by name, as JSON has them; null where the split has no example.</summary>
    public static IReadOnlyDictionary<string, string>? Of(string file)
    {
        using var reader = new StreamReader(file);
        if (reader.ReadLine() is not { Length: > 0 } first)
            return null;
        using var example = JsonDocument.Parse(first);
        return example.RootElement.EnumerateObject().ToDictionary(
            member => member.Name,
            member => member.Value.ValueKind switch
            {
                JsonValueKind.String => "string",
                JsonValueKind.Number => "double",
                JsonValueKind.True or JsonValueKind.False => "boolean",
                JsonValueKind.Array => "array",
                _ => "object",
            },
            StringComparer.Ordinal);
    }
}
