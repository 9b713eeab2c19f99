namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>A row of a source file.</summary>
/// <param name="Example">The example.</param>
/// <param name="Split">What the split column says, or null where no split column was asked for.</param>
/// <param name="Line">The line on which the row begins, counted from 1.</param>
/// <param name="Group">What the group column says, or null where none was asked for.</param>
public readonly record struct SourceRow(TextExample Example, SplitName? Split, long Line, string? Group = null)
{
    /// <summary>The example's text.</summary>
    public string Text => Example.Text;

    /// <summary>The example's label; empty where the kind has not one label.</summary>
    public string Label => Example.Label;
}
