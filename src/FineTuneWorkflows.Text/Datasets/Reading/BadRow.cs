namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>A row that was left out.</summary>
/// <param name="File">The file's name without its folder.</param>
/// <param name="Line">The line on which the row begins, counted from 1.</param>
/// <param name="Reason">Why.</param>
public sealed record BadRow(string File, long Line, string Reason);
