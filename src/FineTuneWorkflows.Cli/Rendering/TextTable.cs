using System.Text;

namespace FineTuneWorkflows.Cli.Rendering;

/// <summary>
/// A table of plain text: columns two blanks apart, as wide as their longest cell, no blanks at a line's end. Where a line has room for less, columns that matter least go first, then texts are cut;
/// figures never are.
/// </summary>
internal sealed class TextTable(params string[] headings)
{
    private const int Gap = 2, Shortest = 8, NarrowestHanging = 30, HangingIndent = 4;

    private readonly List<Cell[]> rows = [];
    private readonly bool[] rightAligned = new bool[headings.Length];
    private readonly HashSet<int> cut = [];
    private int[] leaving = [];
    private int? hanging;

    /// <param name="Text">What it says.</param>
    /// <param name="Code">The colour, an SGR code, or null.</param>
    internal sealed record Cell(string Text, string? Code = null)
    {
        public static implicit operator Cell(string text) => new(text);
    }

    /// <summary>Aligns columns of numbers.</summary>
    public TextTable AlignRight(params int[] columns)
    {
        foreach (var column in columns)
            rightAligned[column] = true;
        return this;
    }

    /// <summary>Columns whose texts are cut where the lines are too narrow, the widest first.</summary>
    public TextTable Cut(params int[] columns)
    {
        cut.UnionWith(columns);
        return this;
    }

    /// <summary>Columns that are left out where the lines are too narrow, in this order.</summary>
    public TextTable LeaveOut(params int[] columns)
    {
        leaving = columns;
        return this;
    }

    /// <summary>The last column is of long texts: where the lines are too narrow it goes on in further lines, below its heading or, where that leaves little room, below its row.</summary>
    public TextTable Hang()
    {
        hanging = headings.Length - 1;
        return this;
    }

    public void Add(params Cell[] cells) => rows.Add([.. cells.Select(c => c with { Text = VisibleText.Of(c.Text) })]);

    public void Write(TextWriter writer, Ink ink, string indent = "")
    {
        var all = headings.All(h => h.Length == 0) ? rows : [headings.Select(h => new Cell(VisibleText.Of(h), "1")).ToArray(), .. rows];
        if (all.Count == 0)
            return;
        var widths = new int[headings.Length];
        foreach (var row in all)
            for (var i = 0; i < row.Length; i++)
                widths[i] = Math.Max(widths[i], VisibleText.Width(row[i].Text));
        var room = ink.Width == int.MaxValue ? ink.Width : ink.Width - indent.Length;
        var (columns, below) = Fit(widths, room);
        foreach (var row in all)
            WriteRow(row, columns, widths, below, writer, ink, indent);
    }

    /// <summary>The columns that are written, with their widths brought to what there is room for, and whether the hanging one stands below its row.</summary>
    private (List<int> Columns, bool Below) Fit(int[] widths, int room)
    {
        List<int> columns = [.. Enumerable.Range(0, widths.Length)];
        long Total() => columns.Sum(c => (long)widths[c]) + (Gap * Math.Max(0, columns.Count - 1));
        if (Total() <= room)
            return (columns, false);
        var below = false;
        if (hanging is { } last && widths[last] > NarrowestHanging)
        {
            columns.Remove(last);
            var left = room - Total() - (columns.Count > 0 ? Gap : 0);
            below = left < NarrowestHanging;
            widths[last] = Math.Max(Shortest, (int)(below ? room - HangingIndent : left));
            if (!below)
                columns.Add(last);
        }

        foreach (var column in leaving)
            if (columns.Sum(c => (long)(cut.Contains(c) ? Math.Min(widths[c], Shortest) : widths[c])) + (Gap * (columns.Count - 1)) > room)
                columns.Remove(column);
        while (Total() > room && columns.Where(c => cut.Contains(c) && widths[c] > Shortest).ToList() is { Count: > 0 } wide)
            widths[wide.MaxBy(c => widths[c])]--;
        return (columns, below);
    }

    private void WriteRow(Cell[] row, List<int> columns, int[] widths, bool below, TextWriter writer, Ink ink, string indent)
    {
        var line = new StringBuilder(indent);
        var owed = 0; // Blanks that are written only if something follows.
        var used = 0;
        IEnumerable<string> further = [];
        foreach (var i in columns)
        {
            if (i >= row.Length)
                break;
            var (text, code) = row[i];
            if (i == hanging && VisibleText.Width(text) > widths[i])
            {
                var lines = VisibleText.Wrap(text, widths[i]);
                (text, further) = (lines[0], lines.Skip(1).Select(l => indent + new string(' ', used) + l).ToList());
            }

            text = cut.Contains(i) ? VisibleText.Cut(text, widths[i]) : text;
            var padding = widths[i] - VisibleText.Width(text);
            used += widths[i] + Gap;
            if (rightAligned[i] && text.Length > 0)
                (owed, padding) = (owed + padding, 0);
            if (text.Length > 0)
            {
                line.Append(' ', owed).Append(ink.Paint(text, code));
                owed = 0;
            }
            else
                padding = widths[i];
            owed += padding + Gap;
        }

        ink.WriteLine(writer, line.ToString());
        if (below && hanging is { } last && last < row.Length && row[last].Text.Length > 0)
            further = VisibleText.Wrap(row[last].Text, widths[last]).Select(l => indent + new string(' ', HangingIndent) + l);
        foreach (var next in further)
            writer.WriteLine(next);
    }
}
