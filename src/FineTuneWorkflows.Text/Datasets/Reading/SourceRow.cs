namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>A row of a source file.</summary>
/// <param name="Text">The text.</param>
/// <param name="Label">The label, trimmed.</param>
/// <param name="Split">What the split column says, or null where no split column was asked for.</param>
/// <param name="Line">The line on which the row begins, counted from 1.</param>
public readonly record struct SourceRow(string Text, string Label, SplitName? Split, long Line);
