using System.Globalization;
using System.Text.Json;

namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>Rows of JSON Lines. Blank lines are passed over. A label may be a string, a number or a boolean; a text must be a string.</summary>
internal static class JsonlRows
{
    public static IEnumerable<RawRow> Read(string path, TextReader reader, ReadOptions options)
    {
        var firstObject = true;
        long number = 0;
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            var row = Parse(path, line, number, options, firstObject);
            if (row.Problem is null) firstObject = false;
            yield return row;
        }
    }

    private static RawRow Parse(string path, string line, long number, ReadOptions options, bool firstObject)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(line);
        }
        catch (JsonException e)
        {
            var column = (e.BytePositionInLine ?? 0) + 1;
            return Bad(number, string.Create(CultureInfo.InvariantCulture, $"the line is not valid JSON (near byte {column})"));
        }
        using (document)
        {
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                return Bad(number, $"the line is JSON but no object: expected {{\"{options.TextColumn}\": ..., \"{options.LabelColumn}\": ...}}");
            string? missing = Missing(root, options);
            if (missing is not null)
            {
                var problem = $"there is no '{missing}'; the columns are: {Columns(root)}";
                // The first object stands for the file: when a column is missing there, the mapping is wrong, not the row.
                return firstObject ? throw new TextDataException(problem, path, number) : Bad(number, problem);
            }
            var text = root.GetProperty(options.TextColumn);
            if (text.ValueKind is not (JsonValueKind.String or JsonValueKind.Null)) return Bad(number, $"'{options.TextColumn}' is not a string");
            if (!TryScalar(root.GetProperty(options.LabelColumn), out var label))
                return Bad(number, $"'{options.LabelColumn}' is not a string, a number or a boolean");
            string? split = null;
            if (options.SplitColumn is not null && !TryScalar(root.GetProperty(options.SplitColumn), out split))
                return Bad(number, $"'{options.SplitColumn}' is not a string");
            try
            {
                return new RawRow(number, text.GetString(), label, split, null);
            }
            catch (InvalidOperationException)
            {
                return Bad(number, $"'{options.TextColumn}' has an escape that is no valid character");
            }
        }
    }

    private static string? Missing(JsonElement root, ReadOptions options)
    {
        if (!root.TryGetProperty(options.TextColumn, out _)) return options.TextColumn;
        if (!root.TryGetProperty(options.LabelColumn, out _)) return options.LabelColumn;
        return options.SplitColumn is not null && !root.TryGetProperty(options.SplitColumn, out _) ? options.SplitColumn : null;
    }

    private static string Columns(JsonElement root)
    {
        var names = root.EnumerateObject().Select(p => p.Name).ToList();
        return names.Count == 0 ? "none" : string.Join(", ", names);
    }

    private static bool TryScalar(JsonElement element, out string? value)
    {
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
                    value = null;
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
                value = null;
                return true;
            default:
                value = null;
                return false;
        }
    }

    private static RawRow Bad(long line, string problem) => new(line, null, null, null, problem);
}
