using System.Text;

namespace FineTuneWorkflows.Cli.Rendering;

/// <summary>Writes text with everything written out that a terminal would obey, see <see cref="VisibleText.Lines"/>. What itself steers the terminal writes to the writer <see cref="Under"/> it.</summary>
internal sealed class VisibleWriter(TextWriter inner) : TextWriter(inner.FormatProvider)
{
    public override Encoding Encoding => inner.Encoding;

    /// <summary>The writer that takes control sequences as they are.</summary>
    public static TextWriter Under(TextWriter writer) => writer is VisibleWriter visible ? visible.Inner : writer;

    private TextWriter Inner => inner;

    [System.Diagnostics.CodeAnalysis.AllowNull]
    public override string NewLine
    {
        get => inner.NewLine;
        set => inner.NewLine = value;
    }

    public override void Write(char value) => Write(value.ToString());

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(new string(buffer));

    public override void Write(string? value) => inner.Write(value is null ? null : VisibleText.Lines(value));

    public override void WriteLine() => inner.WriteLine();

    public override void WriteLine(string? value) => inner.WriteLine(value is null ? null : VisibleText.Lines(value));

    public override void Flush() => inner.Flush();

    public override Task FlushAsync() => inner.FlushAsync();
}
