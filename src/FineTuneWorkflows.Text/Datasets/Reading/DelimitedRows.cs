using System.Globalization;
using FineTuneWorkflows.Text.Files;

namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>Rows of a table, with or without a header. What separates fields and what quotes mean is said or detected, see <see cref="TableDetector"/>.</summary>
internal sealed class DelimitedRows
{
    private const int MostLabelsKnown = 10_000;

    private readonly string _path;
    private readonly ReadOptions _options;
    private readonly DataKind _kind;
    private readonly TableShape _shape;
    private readonly ReadingNotes _notes;
    private readonly HashSet<string> _labels = new(StringComparer.Ordinal);

    private readonly ExampleColumns _named;

    private DelimitedRows(string path, ReadOptions options, DataKind kind, ExampleColumns named, TableShape shape, ReadingNotes notes) =>
        (_path, _options, _kind, _named, _shape, _notes) = (path, options, kind, named, shape, notes);

    public static IEnumerable<RawRow> Read(string path, Func<LineReader> open, ReadOptions options, DataKind kind, DataFormat format, ReadingNotes notes)
    {
        if (kind is DataKind.TokenClassification or DataKind.Conversations)
            throw new TextDataException($"{kind} cannot be read from a table; give a JSON Lines file{(kind == DataKind.TokenClassification ? " or a CoNLL file" : "")}", path);
        var named = Named(options, kind, format, open);
        var label = kind.HasLabels() ? named.Answer : null;
        List<string> wanted = [.. named.Names];
        wanted.AddRange(new[] { options.SplitColumn, options.GroupColumn }.OfType<string>());
        TableShape shape;
        using (var lines = open()) shape = TableDetector.Of(path, lines, format, options, wanted, label);
        return new DelimitedRows(path, options, kind, named, shape, notes).Rows(open, wanted);
    }

    private static ExampleColumns Named(ReadOptions options, DataKind kind, DataFormat format, Func<LineReader> open)
    {
        var possible = ExampleColumns.Possible(options, kind);
        if (possible.Count == 1) return possible[0];
        var header = TableDetector.Header(open, format, options, possible.Select(columns => columns.Names.ToList()));
        return ExampleColumns.Of(options, kind, header is null ? null : header.Contains);
    }

    private IEnumerable<RawRow> Rows(Func<LineReader> open, List<string> wanted)
    {
        using var reader = open();
        if (_shape.SaysSeparator) reader.Read();
        var records = new RecordReader(LineCursor.Of(reader), _shape, _options.MostLineBytes);
        if (!records.Read()) yield break;
        if (records.Problem is { } broken)
            throw new TextDataException(broken.Text, _path, records.Line, advice: broken.Advice);
        _notes.Say(_path, _shape.Text);
        var header = _shape.HasHeader ? records.Fields.ToArray() : null;
        var count = records.Fields.Count;
        var columns = new Columns(_path, header, [.. records.Fields], records.Line, wanted, _options);
        var text = columns.Of(_named.Text);
        var answer = _named.Answer is { } named ? columns.Of(named) : -1;
        var label = _kind.HasLabels() ? answer : -1;
        var second = _named.Second is { } secondName ? columns.Of(secondName) : -1;
        var third = _named.Third is { } thirdName ? columns.Of(thirdName) : -1;
        var split = _options.SplitColumn is null ? -1 : columns.Of(_options.SplitColumn);
        var group = _options.GroupColumn is null ? -1 : columns.Of(_options.GroupColumn);
        var fields = new ExampleFields(_options, _kind);
        records.IsRow = _shape.QuotesAreSaid || count < 2 ? null : line => IsRow(line, count, label);
        if (_shape.HasHeader && !records.Read()) yield break;
        do
        {
            var record = records.Fields;
            var problem = records.Problem;
            if (problem is null && count > 1 && header is not null && record.SequenceEqual(header))
            {
                // Files that were put one after the other keep their headers.
                _notes.Count(_path, "rows repeat the header and were passed over");
                continue;
            }
            if (problem is null && record.Count != count)
                problem = new LineProblem(
                    string.Create(CultureInfo.InvariantCulture, $"the row has {record.Count} fields where the {(header is null ? "first row" : "header")} has {count}"), Advice(records));
            if (problem is not null)
            {
                yield return RawRow.Bad(records.Line, problem);
                continue;
            }
            if (label >= 0 && _labels.Count < MostLabelsKnown) _labels.Add(record[label].Trim());
            if (label >= 0 && _kind != DataKind.MultiLabelClassification && record[label].AsSpan().Trim() is ['[', .., ']'])
                _notes.Count(_path, $"labels look like lists and are one label each; for many labels write x|y and set {nameof(ReadOptions.LabelSeparator)} to |, or JSON Lines");
            if (!_shape.Quoted && _options.Quoting == Quoting.Auto && record[text] is ['"', _, .., '"'])
                _notes.Count(_path, $"texts begin and end with a quote and keep both ({nameof(ReadOptions.Quoting)}={nameof(Quoting.Rfc4180)} takes them off)");
            yield return RawRow.Of(records.Line, Field(split), Field(group), () => fields.Of(_named, Field(text), Field(second), Field(third), Field(answer)));

            string? Field(int column) => column < 0 ? null : record[column];
        }
        while (records.Read());
    }

    /// <summary>Whether a line that a quoted field took in is more likely a row: it has a row's fields; where quotes are known to be quotes, and a label that others have too.</summary>
    private bool IsRow(string line, int columns, int label)
    {
        var fields = RecordReader.Plain(line, _shape.Delimiter);
        return fields.Length == columns && (_shape.Delimiter == "\t" || !_shape.QuotesAreShown || (label >= 0 && _labels.Contains(fields[label].Trim())));
    }

    private IReadOnlyList<OptionAdvice> Advice(RecordReader records) =>
        records.HasQuotes ? [new(nameof(ReadOptions.Quoting), nameof(Quoting.None), "quotes are part of the texts")]
        : !_shape.Quoted && records.Fields.Exists(f => f.StartsWith('"')) ? [new(nameof(ReadOptions.Quoting), nameof(Quoting.Rfc4180), "fields in quotes may hold separators and line breaks")]
        : [];

    /// <summary>The columns by their names, or by their numbers from 1.</summary>
    private sealed class Columns(string path, string[]? header, string[] first, long line, List<string> wanted, ReadOptions options)
    {
        public int Of(string name)
        {
            var index = header is null ? -1 : Array.IndexOf(header, name);
            if (index >= 0 && Array.IndexOf(header!, name, index + 1) >= 0) throw new TextDataException($"the column '{name}' stands twice in the header", path, line);
            if (index < 0 && TableDetector.IsNumber(name, first.Length)) index = int.Parse(name, CultureInfo.InvariantCulture) - 1;
            return index >= 0 ? index : throw Missing(name);
        }

        private MissingColumnException Missing(string name)
        {
            var numbered = string.Join(", ", first.Select((field, i) => string.Create(CultureInfo.InvariantCulture, $"{i + 1} '{Shortened(field)}'")));
            if (header is null)
                return new MissingColumnException(name, $"there is no column '{name}': without a header columns are numbered, and the first row has {numbered}", path, line);
            if (header.Length == 1 && ";\t|,".FirstOrDefault(header[0].Contains) is not '\0' and var separator)
            {
                return new MissingColumnException(
                    name, $"there is no column '{name}'; the only column is '{header[0]}'", path, line,
                    [new(nameof(ReadOptions.Delimiter), separator == '\t' ? "tab" : $"'{separator}'", "that separates columns")]);
            }
            IReadOnlyList<OptionAdvice> advice = wanted.Exists(header.Contains) || !Array.Exists(header, IsValue) ? []
                : [new(options.OptionOf(name), "..."), new(nameof(ReadOptions.Header), nameof(HeaderRow.No), $"the first row is no header, and name columns by number: {numbered}")];
            return new MissingColumnException(name, $"there is no column '{name}'; the columns are: {string.Join(", ", header)}", path, line, advice);
        }

        /// <summary>Whether a field is more likely a value than a column's name: a number, several words, or a sentence.</summary>
        private static bool IsValue(string field) =>
            field.AsSpan().ContainsAny(".,;!?") || field.Count(c => c == ' ') > 2 || double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

        private static string Shortened(string field) => field.Length <= 20 ? field : field[..17] + "...";
    }
}
