using System.Text;

namespace FineTuneWorkflows.Cli.Rendering;

/// <summary>A table of plain text: columns two blanks apart, as wide as their longest cell, no blanks at a line's end.</summary>
internal sealed class TextTable(params string[] headings)
{
    private readonly List<Cell[]> rows = [];
    private readonly bool[] rightAligned = new bool[headings.Length];

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

    public void Add(params Cell[] cells) => rows.Add(cells);

    public void Write(TextWriter writer, Ink ink, string indent = "")
    {
        var all = headings.All(h => h.Length == 0) ? rows : [headings.Select(h => new Cell(h, "1")).ToArray(), .. rows];
        if (all.Count == 0)
            return;
        var widths = new int[headings.Length];
        foreach (var row in all)
            for (var i = 0; i < row.Length; i++)
                widths[i] = Math.Max(widths[i], row[i].Text.Length);
        foreach (var row in all)
        {
            var line = new StringBuilder(indent);
            var owed = 0; // Blanks that are written only if something follows.
            for (var i = 0; i < row.Length; i++)
            {
                var (text, code) = row[i];
                var padding = widths[i] - text.Length;
                if (rightAligned[i] && text.Length > 0)
                    (owed, padding) = (owed + padding, 0);
                if (text.Length > 0)
                {
                    line.Append(' ', owed).Append(ink.Paint(text, code));
                    owed = 0;
                }
                else
                    padding = widths[i];
                owed += padding + 2;
            }

            writer.WriteLine(line.ToString());
        }
    }
}
