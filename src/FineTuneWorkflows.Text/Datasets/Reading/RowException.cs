namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>A row cannot be an example; the message says why, without file and line, which who reads the file knows.</summary>
internal sealed class RowException(string problem) : Exception(problem);
