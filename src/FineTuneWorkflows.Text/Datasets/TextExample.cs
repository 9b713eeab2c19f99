namespace FineTuneWorkflows.Text.Datasets;

/// <summary>One labelled text.</summary>
/// <param name="Text">The text, as it was read; never empty or white space.</param>
/// <param name="Label">Its class, without white space at the ends; never empty.</param>
public sealed record TextExample(string Text, string Label);
