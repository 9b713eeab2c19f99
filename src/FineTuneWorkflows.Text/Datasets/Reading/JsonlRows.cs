using System.Globalization;
using System.Text.Json;

namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>Rows of JSON Lines. Blank lines are passed over.</summary>
internal static class JsonlRows
{
    public static IEnumerable<RawRow> Read(string path, TextReader reader, ReadOptions options, DataKind kind)
    {
        var parser = new JsonExample(options, kind);
        var firstObject = true;
        long number = 0;
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            var row = Parse(path, line, number, options, parser, firstObject);
            if (row.Problem is null) firstObject = false;
            yield return row;
        }
    }

    private static RawRow Parse(string path, string line, long number, ReadOptions options, JsonExample parser, bool firstObject)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(line);
        }
        catch (JsonException e)
        {
            var column = (e.BytePositionInLine ?? 0) + 1;
            return RawRow.Bad(number, string.Create(CultureInfo.InvariantCulture, $"the line is not valid JSON (near byte {column})"));
        }
        using (document)
        {
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return RawRow.Bad(number, $"the line is JSON but no object: expected {parser.Shape}");
            var missing = parser.Missing(root)
                ?? new[] { options.SplitColumn, options.GroupColumn }.FirstOrDefault(c => c is not null && !root.TryGetProperty(c, out _));
            if (missing is not null)
            {
                var problem = $"there is no '{missing}'; the columns are: {Columns(root)}";
                // The first object stands for the file: when a column is missing there, the mapping is wrong, not the row.
                return firstObject ? throw new MissingColumnException(missing, problem, path, number) : RawRow.Bad(number, problem);
            }
            string? split = null;
            if (options.SplitColumn is not null && !JsonField.TryScalar(root.GetProperty(options.SplitColumn), out split))
                return RawRow.Bad(number, $"'{options.SplitColumn}' is not a string");
            string? group = null;
            if (options.GroupColumn is not null && !JsonField.TryScalar(root.GetProperty(options.GroupColumn), out group))
                return RawRow.Bad(number, $"'{options.GroupColumn}' is not a string, a number or a boolean");
            return RawRow.Of(number, split, group, () => parser.Parse(root));
        }
    }

    private static string Columns(JsonElement root)
    {
        var names = root.EnumerateObject().Select(p => p.Name).ToList();
        return names.Count == 0 ? "none" : string.Join(", ", names);
    }
}
