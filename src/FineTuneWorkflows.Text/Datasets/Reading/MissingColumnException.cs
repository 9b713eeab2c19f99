namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>A file lacks a column that was asked for; the message lists those it has.</summary>
/// <param name="column">The column.</param>
/// <param name="problem">What is wrong.</param>
/// <param name="file">The file.</param>
/// <param name="line">The line that shows it.</param>
/// <param name="advice">Options that would help, if there are any.</param>
public sealed class MissingColumnException(string column, string problem, string file, long line, IReadOnlyList<OptionAdvice>? advice = null) : TextDataException(problem, file, line, advice: advice)
{
    /// <summary>The column that is not there.</summary>
    public string Column { get; } = column;
}
