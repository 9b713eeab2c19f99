using System.Globalization;
using FineTuneWorkflows.Text.Files;

namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>Tells the shape of a table by the options and by its first lines.</summary>
internal sealed class TableDetector
{
    private const int MostLines = 20_000, MostChars = 4 << 20;

    private readonly string _path;
    private readonly ReadOptions _options;
    private readonly IReadOnlyList<string> _wanted;
    private readonly string? _label;
    private readonly List<TableLine> _lines = [];
    private readonly bool _isWhole;
    private readonly string? _said;

    private TableDetector(string path, LineReader lines, ReadOptions options, IReadOnlyList<string> wanted, string? label)
    {
        (_path, _options, _wanted, _label) = (path, options, wanted, label);
        var chars = 0L;
        while (_lines.Count < MostLines && chars < MostChars)
        {
            if (!lines.Read())
            {
                _isWhole = true;
                break;
            }
            _lines.Add(new TableLine(lines.Number, lines.Line, lines.Break, lines.Problem));
            chars += lines.Line.Length;
        }
        // What spreadsheets write for each other.
        if (_lines.Count > 0 && _lines[0].Text is { Length: 5 } first && first.StartsWith("sep=", StringComparison.OrdinalIgnoreCase))
        {
            _said = first[4..];
            _lines.RemoveAt(0);
        }
    }

    /// <summary>The shape of a table.</summary>
    /// <param name="path">The file.</param>
    /// <param name="lines">Its lines from the first on.</param>
    /// <param name="format">CSV or TSV, which say what separator is expected.</param>
    /// <param name="options">What is said rather than detected.</param>
    /// <param name="wanted">The columns that are asked for.</param>
    /// <param name="label">That with the label, if one is asked for.</param>
    /// <exception cref="TextDataException">Whether the first row is a header cannot be told.</exception>
    public static TableShape Of(string path, LineReader lines, DataFormat format, ReadOptions options, IReadOnlyList<string> wanted, string? label)
    {
        var detector = new TableDetector(path, lines, options, wanted, label);
        var delimiter = detector.Delimiter(format);
        var shape = detector.Quotes(delimiter) with { SaysSeparator = detector._said is not null };
        return shape with { HasHeader = detector.HasHeader(shape) };
    }

    /// <summary>The first row of a table where it has one of several sets of columns' names; null where it has none, or is said to be no header.</summary>
    /// <param name="open">Opens the table's lines.</param>
    /// <param name="format">CSV or TSV.</param>
    /// <param name="options">What is said rather than detected.</param>
    /// <param name="names">The sets.</param>
    public static IReadOnlyList<string>? Header(Func<LineReader> open, DataFormat format, ReadOptions options, IEnumerable<IReadOnlyList<string>> names)
    {
        if (options.Header == HeaderRow.No) return null;
        using var lines = open();
        var detector = new TableDetector("", lines, options, [], null);
        var usual = format == DataFormat.Csv ? "," : "\t";
        string[] possible = options.Delimiter is { Length: > 0 } asked ? [TableShape.Delimiting(asked)]
            : detector._said is { } said ? [said] : [usual, .. new[] { ",", ";", "\t", "|" }.Where(d => d != usual)];
        return names.SelectMany(set => possible.Select(delimiter => (set, detector.First(Quoted(delimiter)))))
            .FirstOrDefault(found => found.Item2 is { } header && found.set.All(header.Contains)).Item2;
    }

    private string Delimiter(DataFormat format)
    {
        if (_options.Delimiter is { Length: > 0 } asked) return TableShape.Delimiting(asked);
        if (_said is not null) return _said;
        var usual = format == DataFormat.Csv ? "," : "\t";
        if (_lines.Count == 0 || (usual == "\t" && _lines[0].Text.Contains('\t'))) return usual;
        string[] possible = [usual, .. new[] { ",", ";", "\t", "|" }.Where(d => d != usual)];
        return Array.Find(possible, d => First(Quoted(d)) is { } header && _wanted.All(header.Contains))
            ?? Array.Find(possible, d => Scan(Quoted(d)) is { Columns: > 1, Uneven: 0, Problems: 0 })
            ?? Array.Find(possible, d => Scan(Quoted(d) with { Quoted = false }) is { Columns: > 1, Uneven: 0 })
            ?? usual;
    }

    private List<string>? First(TableShape shape)
    {
        var records = new RecordReader(LineCursor.Of(_lines.GetEnumerator()), shape, MostChars);
        return records.Read() && records.Problem is null ? records.Fields : null;
    }

    private static TableShape Quoted(string delimiter) => new(delimiter, true, false, false, true, false);

    /// <summary>
    /// What quotes mean. Between tabs, fields that need their quotes show that these are quotes, as does a quote in each row; a quote that is not closed, or
    /// closed where no field ends, or a row of fewer or more fields, that they are text. Texts that have a quote at both ends by chance are text.
    /// </summary>
    private TableShape Quotes(string delimiter)
    {
        var shape = new TableShape(delimiter, _options.Quoting != Quoting.None, _options.Quoting == Quoting.Rfc4180, false, true, false);
        if (_options.Quoting != Quoting.Auto) return shape;
        var quoted = Scan(shape);
        var shown = quoted is { Problems: 0, Needing: > 0 };
        if (delimiter != "\t") return shape with { QuotesAreShown = shown };
        var isText = quoted.Problems > 0 || (quoted.Uneven > 0 && Scan(shape with { Quoted = false }).Uneven == 0)
            || (quoted.Needing == 0 && (quoted.Quoted == 0 || quoted.Quoted < quoted.Rows));
        return shape with { Quoted = !isText, QuotesAreShown = shown && !isText };
    }

    private bool HasHeader(TableShape shape)
    {
        if (_options.Header != HeaderRow.Auto) return _options.Header == HeaderRow.Yes;
        if (First(shape) is not { } first || _wanted.Any(first.Contains)) return true;
        if (!_wanted.All(name => IsNumber(name, first.Count))) return true;
        // All columns are asked for by number: then the first row is a row if its label is one that others have.
        var records = new RecordReader(LineCursor.Of(_lines.GetEnumerator()), shape, MostChars);
        if (_label is not null && records.Read())
        {
            var column = int.Parse(_label, CultureInfo.InvariantCulture) - 1;
            var label = records.Fields[column].Trim();
            while (records.Read())
            {
                if (records.Fields.Count > column && records.Fields[column].Trim() == label) return false;
            }
        }
        throw new TextDataException(
            $"whether the first row names the columns cannot be told: {string.Join(", ", first)}", _path, _lines[0].Number, null,
            [new(nameof(ReadOptions.Header), nameof(HeaderRow.Yes), "it does"), new(nameof(ReadOptions.Header), nameof(HeaderRow.No), "it is a row like the others")]);
    }

    /// <summary>Whether a column's name is a number of one that there is.</summary>
    internal static bool IsNumber(string name, int columns) =>
        int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= columns;

    private Findings Scan(TableShape shape)
    {
        var found = new Findings();
        var records = new RecordReader(LineCursor.Of(_lines.GetEnumerator()), shape, MostChars);
        // Between commas a text of several lines may by chance have each of them look like a row; between tabs hardly.
        if (shape.Delimiter == "\t") records.IsRow = line => found.Columns > 1 && RecordReader.Plain(line, shape.Delimiter).Length == found.Columns;
        while (records.Read())
        {
            // Where only the first lines were read, the last record may go on.
            if (records.IsOpen && !_isWhole) break;
            if (found.Columns == 0) found.Columns = Math.Max(1, records.Fields.Count);
            else found.Rows++;
            if (records.Problem is not null) found.Problems++;
            else if (records.Fields.Count != found.Columns) found.Uneven++;
            if (records.HasQuotes && found.Rows > 0) found.Quoted++;
            if (records.NeedsQuotes && records.Problem is null) found.Needing++;
        }
        return found;
    }

    private sealed class Findings
    {
        public int Columns { get; set; }

        public int Rows { get; set; }

        public int Problems { get; set; }

        public int Uneven { get; set; }

        public int Quoted { get; set; }

        public int Needing { get; set; }
    }
}
