using System.Globalization;
using System.Text;
using FineTuneWorkflows.Text.Files;

namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>
/// Reads the records of a table. A quoted field may go on over lines (RFC 4180); where a quote takes in what are more likely rows than text, or is never
/// closed, that is a problem of the line with the opening quote, and the lines after it are read as rows of their own.
/// </summary>
/// <param name="lines">The lines.</param>
/// <param name="shape">What separates fields, and what quotes mean.</param>
/// <param name="mostChars">The most characters of a record.</param>
internal sealed class RecordReader(LineCursor lines, TableShape shape, int mostChars)
{
    /// <summary>The most lines of a record where nobody said that quotes are those of RFC 4180.</summary>
    public const int MostLines = 1000;

    private static readonly OptionAdvice AsText = new(nameof(ReadOptions.Quoting), nameof(Quoting.None), "quotes are part of the texts");
    private static readonly OptionAdvice AsQuotes = new(nameof(ReadOptions.Quoting), nameof(Quoting.Rfc4180), "it is one row");

    private readonly StringBuilder _field = new();
    private readonly List<TableLine> _taken = [];

    /// <summary>The record's fields, overwritten by the next one's.</summary>
    public List<string> Fields { get; } = [];

    /// <summary>The line on which the record begins.</summary>
    public long Line { get; private set; }

    /// <summary>Over how many lines it goes.</summary>
    public int Lines => _taken.Count;

    /// <summary>Why the record is none, or null.</summary>
    public LineProblem? Problem { get; private set; }

    /// <summary>Whether a field of the record begins with a quote.</summary>
    public bool HasQuotes { get; private set; }

    /// <summary>Whether a field of it needs its quotes: it holds a separator, a quote or a line break.</summary>
    public bool NeedsQuotes { get; private set; }

    /// <summary>Whether the record was still in quotes where the lines ended.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Whether a line would be a row if quotes were text; null, the default, asks for nothing. A record all of whose lines are such took in rows.</summary>
    public Predicate<string>? IsRow { get; set; }

    /// <summary>The fields of a line if quotes are text.</summary>
    public static string[] Plain(string line, string delimiter) => line.Split(delimiter);

    /// <summary>Goes to the next record; empty lines are passed over.</summary>
    /// <returns>False at the end.</returns>
    public bool Read()
    {
        Fields.Clear();
        _taken.Clear();
        (Problem, HasQuotes, NeedsQuotes, IsOpen) = (null, false, false, false);
        TableLine line;
        do
        {
            if (lines.Next() is not { } next) return false;
            line = next;
        }
        while (line.Text.Length == 0 && line.Problem is null);
        Line = line.Number;
        _taken.Add(line);
        Problem = line.Problem;
        if (Problem is null)
        {
            if (shape.Quoted && line.Text.Contains('"')) Parse(line.Text);
            else Split(line.Text);
            if (Problem is null && _taken.Count > 1 && IsRow is not null && _taken.TrueForAll(line => IsRow(line.Text))) Problem = TookRows();
        }
        if (Problem is not null && _taken.Count > 1) GiveBack();
        return true;
    }

    private void Split(string text)
    {
        for (var start = 0; ;)
        {
            var end = text.IndexOf(shape.Delimiter, start, StringComparison.Ordinal);
            Fields.Add(end < 0 ? text[start..] : text[start..end]);
            if (end < 0) return;
            start = end + shape.Delimiter.Length;
        }
    }

    private void Parse(string text)
    {
        for (var at = 0; ;)
        {
            if (at < text.Length && text[at] == '"')
            {
                if (!Quoted(ref text, ref at)) return;
                if (at == text.Length) return;
                at += shape.Delimiter.Length;
                continue;
            }
            var end = text.IndexOf(shape.Delimiter, at, StringComparison.Ordinal);
            Fields.Add(end < 0 ? text[at..] : text[at..end]);
            if (end < 0) return;
            at = end + shape.Delimiter.Length;
        }
    }

    /// <summary>A field in quotes; afterwards <paramref name="at"/> is at the separator or the end of <paramref name="text"/>, the line it ends in.</summary>
    private bool Quoted(ref string text, ref int at)
    {
        HasQuotes = true;
        _field.Clear();
        var opened = _taken[^1].Number;
        for (at++; ;)
        {
            var quote = text.IndexOf('"', at);
            if (quote < 0)
            {
                NeedsQuotes = true;
                _field.Append(text, at, text.Length - at).Append(_taken[^1].Break);
                if (Continue(opened) is not { } next) return false;
                (text, at) = (next, 0);
                continue;
            }
            _field.Append(text, at, quote - at);
            at = quote + 1;
            if (at < text.Length && text[at] == '"')
            {
                NeedsQuotes = true;
                _field.Append('"');
                at++;
                continue;
            }
            if (at < text.Length && !text.AsSpan(at).StartsWith(shape.Delimiter, StringComparison.Ordinal))
            {
                Problem = new("a quote stands where none may stand; write a quote inside a quoted field twice", AsText);
                return false;
            }
            var field = _field.ToString();
            NeedsQuotes |= field.Contains(shape.Delimiter, StringComparison.Ordinal);
            Fields.Add(field);
            return true;
        }
    }

    /// <summary>The next line of a quoted field; null where there is none, or where there were too many.</summary>
    private string? Continue(long opened)
    {
        if (!shape.QuotesAreSaid && _taken.Count >= MostLines)
        {
            Problem = new(string.Create(CultureInfo.InvariantCulture, $"the quote that opens a field in line {opened} is not closed within {MostLines} lines"), AsText, AsQuotes);
        }
        else if (_field.Length > mostChars)
        {
            Problem = new(
                string.Create(CultureInfo.InvariantCulture, $"the field in quotes that begins in line {opened} is longer than {mostChars / (double)(1 << 20):0.###} MB"), AsText);
        }
        else if (lines.Next() is not { } next)
        {
            IsOpen = true;
            Problem = new("a field begins with a quote that is never closed", AsText);
        }
        else
        {
            _taken.Add(next);
            Problem = next.Problem;
            if (Problem is null) return next.Text;
        }
        return null;
    }

    private LineProblem TookRows() => new(
        string.Create(CultureInfo.InvariantCulture, $"a field begins with a quote that is closed in line {_taken[^1].Number} only, and each line until then is a row by itself"),
        AsText, AsQuotes);

    // The row is the line with the opening quote; those after it may be rows.
    private void GiveBack()
    {
        lines.Return(_taken.GetRange(1, _taken.Count - 1));
        _taken.RemoveRange(1, _taken.Count - 1);
    }
}
