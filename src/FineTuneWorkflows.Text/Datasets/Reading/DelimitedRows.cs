using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>Rows of a CSV or TSV file with a header (RFC 4180): a field in quotes may hold separators, doubled quotes and line breaks.</summary>
internal static class DelimitedRows
{
    public static IEnumerable<RawRow> Read(string path, TextReader reader, ReadOptions options, DataKind kind, string delimiter)
    {
        if (kind is DataKind.TokenClassification or DataKind.Conversations)
            throw new TextDataException($"{kind} cannot be read from a table; give a JSON Lines file{(kind == DataKind.TokenClassification ? " or a CoNLL file" : "")}", path);
        string? bad = null;
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = delimiter,
            HasHeaderRecord = false,
            IgnoreBlankLines = true,
            AllowComments = false,
            // Natural language is full of lone quotes (5" screen): only a quote at a field's start has a meaning, and then what follows must be
            // well-formed.
            BadDataFound = args =>
                bad = args.Field.StartsWith('"') ? "a quote stands where none may stand; write a quote inside a quoted field twice" : bad,
            DetectDelimiter = false,
            LineBreakInQuotedFieldIsBadData = false,
        };
        using var parser = new CsvParser(reader, configuration, leaveOpen: true);

        if (!parser.Read()) yield break;
        var header = parser.Record!;
        var text = Column(path, header, options.TextColumn);
        var label = kind.HasLabels() && options.WithLabels ? Column(path, header, options.LabelColumn) : -1;
        var second = kind == DataKind.TextPairClassification ? Column(path, header, options.SecondName) : -1;
        var split = options.SplitColumn is null ? -1 : Column(path, header, options.SplitColumn);
        var group = options.GroupColumn is null ? -1 : Column(path, header, options.GroupColumn);
        bad = null;
        var fields = new ExampleFields(options, kind);

        while (true)
        {
            // RawRow is the line on which the record ends; the record's own line breaks lead back to where it begins.
            if (!parser.Read()) yield break;
            var record = parser.Record!;
            var raw = parser.RawRecord;
            var open = EndsInsideQuotes(raw, delimiter[0]);
            var line = (long)parser.RawRow - LineBreaksInside(open ? raw : WithoutBreak(raw));
            var problem = open ? "a field begins with a quote that is never closed" : bad;
            bad = null;
            if (problem is null && record.Length != header.Length)
                problem = string.Create(CultureInfo.InvariantCulture, $"the row has {record.Length} fields where the header has {header.Length}");
            yield return problem is not null ? RawRow.Bad(line, problem)
                : RawRow.Of(line, Field(split), Field(group), () => fields.Of(Field(text), Field(second), Field(label)));

            string? Field(int column) => column < 0 ? null : record[column];
        }
    }

    private static int Column(string path, string[] header, string name)
    {
        var index = Array.IndexOf(header, name);
        if (index < 0) throw new MissingColumnException(name, $"there is no column '{name}'; the columns are: {string.Join(", ", header)}", path, 1);
        if (Array.IndexOf(header, name, index + 1) >= 0) throw new TextDataException($"the column '{name}' stands twice in the header", path, 1);
        return index;
    }

    private static ReadOnlySpan<char> WithoutBreak(ReadOnlySpan<char> raw)
    {
        if (raw.EndsWith('\n')) raw = raw[..^1];
        return raw.EndsWith('\r') ? raw[..^1] : raw;
    }

    private static int LineBreaksInside(ReadOnlySpan<char> raw)
    {
        var breaks = 0;
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] == '\n' || (raw[i] == '\r' && (i + 1 >= raw.Length || raw[i + 1] != '\n'))) breaks++;
        }
        return breaks;
    }

    /// <summary>Whether the record's last field is opened by a quote that nothing closes, so that it swallowed the rest of the file.</summary>
    private static bool EndsInsideQuotes(ReadOnlySpan<char> raw, char delimiter)
    {
        for (var i = 0; i < raw.Length;)
        {
            var quoted = raw[i] == '"';
            if (quoted)
            {
                for (i++; i < raw.Length && (raw[i] != '"' || (i + 1 < raw.Length && raw[i + 1] == '"')); i++)
                {
                    if (raw[i] == '"') i++;
                }
                if (i >= raw.Length) return true;
            }
            var next = raw[i..].IndexOf(delimiter);
            if (next < 0) return false;
            i += next + 1;
        }
        return false;
    }
}
