using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>Rows of a CSV or TSV file with a header (RFC 4180): a field in quotes may hold separators, doubled quotes and line breaks.</summary>
internal static class DelimitedRows
{
    public static IEnumerable<RawRow> Read(string path, TextReader reader, ReadOptions options, string delimiter)
    {
        string? bad = null;
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = delimiter,
            HasHeaderRecord = false,
            IgnoreBlankLines = true,
            AllowComments = false,
            // Natural language in a TSV file is full of lone quotes; only a quote at a field's start opens a quoted field.
            BadDataFound = args => bad ??= "a quote stands where none may stand; write a quote inside a quoted field twice",
            DetectDelimiter = false,
            LineBreakInQuotedFieldIsBadData = false,
        };
        using var parser = new CsvParser(reader, configuration, leaveOpen: true);

        if (!parser.Read()) yield break;
        var header = parser.Record!;
        var text = Column(path, header, options.TextColumn);
        var label = Column(path, header, options.LabelColumn);
        var split = options.SplitColumn is null ? -1 : Column(path, header, options.SplitColumn);
        bad = null;

        while (true)
        {
            // RawRow is the line on which the record ends; the record's own line breaks lead back to where it begins.
            if (!parser.Read()) yield break;
            var record = parser.Record!;
            var line = (long)parser.RawRow - LineBreaksInside(parser.RawRecord);
            var problem = bad;
            bad = null;
            if (problem is null && record.Length != header.Length)
                problem = string.Create(CultureInfo.InvariantCulture, $"the row has {record.Length} fields where the header has {header.Length}");
            yield return problem is null
                ? new RawRow(line, record[text], record[label], split < 0 ? null : record[split], null)
                : new RawRow(line, null, null, null, problem);
        }
    }

    private static int Column(string path, string[] header, string name)
    {
        var index = Array.IndexOf(header, name);
        if (index < 0) throw new TextDataException($"there is no column '{name}'; the columns are: {string.Join(", ", header)}", path, 1);
        if (Array.IndexOf(header, name, index + 1) >= 0) throw new TextDataException($"the column '{name}' stands twice in the header", path, 1);
        return index;
    }

    private static int LineBreaksInside(string raw)
    {
        var end = raw.Length;
        if (end > 0 && raw[end - 1] == '\n') end--;
        if (end > 0 && raw[end - 1] == '\r') end--;
        var breaks = 0;
        for (var i = 0; i < end; i++)
        {
            if (raw[i] == '\n' || (raw[i] == '\r' && (i + 1 >= end || raw[i + 1] != '\n'))) breaks++;
        }
        return breaks;
    }
}
