namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>A file lacks a column that was asked for; the message lists those it has.</summary>
/// <param name="column">The column.</param>
/// <param name="problem">What is wrong.</param>
/// <param name="file">The file.</param>
/// <param name="line">The line that shows it.</param>
public sealed class MissingColumnException(string column, string problem, string file, long line) : TextDataException(problem, file, line)
{
    /// <summary>The column that is not there.</summary>
    public string Column { get; } = column;
}
