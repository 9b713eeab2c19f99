using System.Text.Json;

namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>Fields of a row that is a JSON object.</summary>
internal static class JsonField
{
    /// <summary>A string; null where the field is null.</summary>
    public static string? Text(JsonElement element, string name)
    {
        if (element.ValueKind is not (JsonValueKind.String or JsonValueKind.Null)) throw new RowException($"'{name}' is not a string");
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            throw new RowException($"'{name}' has an escape that is no valid character");
        }
    }

    /// <summary>A list of strings, numbers or booleans.</summary>
    public static List<string> List(JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.Array) throw new RowException($"'{name}' is not a list");
        var values = new List<string>(element.GetArrayLength());
        foreach (var item in element.EnumerateArray())
            values.Add(TryScalar(item, out var value) && value is not null ? value : throw new RowException($"'{name}' holds {item.GetRawText()}, which is not a string"));
        return values;
    }

    /// <summary>A string, number or boolean as text.</summary>
    public static bool TryScalar(JsonElement element, out string? value)
    {
        value = null;
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                try
                {
                    value = element.GetString();
                    return true;
                }
                catch (InvalidOperationException)
                {
                    return false;
                }
            case JsonValueKind.Number:
                value = element.GetRawText();
                return true;
            case JsonValueKind.True:
                value = "true";
                return true;
            case JsonValueKind.False:
                value = "false";
                return true;
            case JsonValueKind.Null:
                return true;
            default:
                return false;
        }
    }
}
