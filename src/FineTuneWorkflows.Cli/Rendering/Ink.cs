using FineTuneWorkflows.Pipelines.Contract.Events;

namespace FineTuneWorkflows.Cli.Rendering;

/// <summary>What a place to write on offers: colours (ECMA-48 SGR) or none, and how wide its lines are.</summary>
/// <param name="On">Whether there are colours.</param>
/// <param name="Width">The columns of a line. Default: without limit, as in a file.</param>
internal readonly record struct Ink(bool On, int Width = int.MaxValue)
{
    /// <summary>The text, as <see cref="VisibleText.Of"/> has it, in a colour.</summary>
    public string Paint(string text, string? code) => On && code is not null && text.Length > 0 ? $"\e[{code}m{VisibleText.Of(text)}\e[0m" : VisibleText.Of(text);

    public string Bold(string text) => Paint(text, "1");

    public string Dim(string text) => Paint(text, "2");

    /// <summary>Writes a line with painted parts; what else stands in it must be <see cref="VisibleText"/>.</summary>
    public void WriteLine(TextWriter writer, string line) => (On ? VisibleWriter.Under(writer) : writer).WriteLine(line);

    /// <summary>Writes a sentence in lines that are no wider than the terminal.</summary>
    public void WriteText(TextWriter writer, string text, string indent = "")
    {
        foreach (var line in VisibleText.Wrap(VisibleText.Of(text), Width == int.MaxValue ? Width : Width - indent.Length))
            writer.WriteLine(indent + line);
    }

    public static string? CodeOf(StageOutcome outcome) => outcome switch
    {
        StageOutcome.Executed => "32",
        StageOutcome.UpToDate => "36",
        StageOutcome.Failed => "31",
        StageOutcome.Cancelled => "33",
        _ => "2",
    };
}
