namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>A row as a format's reader hands it on: the wanted fields, or why it could not be read.</summary>
/// <param name="Line">The line on which the row begins, counted from 1.</param>
/// <param name="Text">The text field; null where it is absent.</param>
/// <param name="Label">The label field; null where it is absent.</param>
/// <param name="Split">The split field; null where it is absent or not wanted.</param>
/// <param name="Problem">Why the row does not parse, or null.</param>
internal readonly record struct RawRow(long Line, string? Text, string? Label, string? Split, string? Problem);
