using FineTuneWorkflows.Text.Files;

namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>A line of a table.</summary>
internal readonly record struct TableLine(long Number, string Text, string Break, LineProblem? Problem);

/// <summary>Lines one after the other, of which some can be given back.</summary>
internal sealed class LineCursor(Func<TableLine?> next)
{
    private readonly Stack<TableLine> _returned = new();

    public static LineCursor Of(LineReader reader) =>
        new(() => reader.Read() ? new TableLine(reader.Number, reader.Line, reader.Break, reader.Problem) : null);

    public static LineCursor Of(IEnumerator<TableLine> lines) => new(() => lines.MoveNext() ? lines.Current : null);

    public TableLine? Next() => _returned.Count > 0 ? _returned.Pop() : next();

    /// <summary>Gives lines back, which then come again in their order.</summary>
    public void Return(IReadOnlyList<TableLine> lines)
    {
        for (var i = lines.Count - 1; i >= 0; i--) _returned.Push(lines[i]);
    }
}
