namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>A row cannot be an example; the message says why, without file and line, which who reads the file knows.</summary>
internal sealed class RowException(string problem, IReadOnlyList<OptionAdvice>? advice = null) : Exception(problem)
{
    /// <summary>Options that would help; null where nobody knows any.</summary>
    public IReadOnlyList<OptionAdvice>? Advice { get; } = advice;
}
