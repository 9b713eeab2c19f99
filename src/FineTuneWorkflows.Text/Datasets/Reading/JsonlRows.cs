using System.Text.Json;
using FineTuneWorkflows.Text.Files;

namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>Rows of JSON Lines. Blank lines are passed over.</summary>
internal static class JsonlRows
{
    public static IEnumerable<RawRow> Read(string path, LineReader reader, ReadOptions options, DataKind kind, ReadingNotes notes)
    {
        var parser = new JsonExample(options, kind);
        var (firstObject, firstLine) = (true, true);
        while (reader.Read())
        {
            if (string.IsNullOrWhiteSpace(reader.Line) && reader.Problem is null) continue;
            if (firstLine) RequireNoArray(path, reader);
            firstLine = false;
            var row = reader.Problem is { } problem ? RawRow.Bad(reader.Number, problem) : Parse(path, reader.Line, reader.Number, options, parser, firstObject);
            if (row.Problem is null) firstObject = false;
            yield return row;
        }
        if (parser.Scheme.Note is { } note) notes.Say(path, note);
    }

    private static void RequireNoArray(string path, LineReader reader)
    {
        if (reader.Line.AsSpan().TrimStart().StartsWith("["))
            throw new TextDataException("the file is one JSON array; JSON Lines is an object a line, without brackets around all and commas between (jq -c '.[]' writes it)", path, reader.Number);
    }

    private static RawRow Parse(string path, string line, long number, ReadOptions options, JsonExample parser, bool firstObject)
    {
        if (JsonLine.Parse(line, out var document) is { } wrong) return RawRow.Bad(number, wrong);
        using (document)
        {
            var root = document!.RootElement;
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
