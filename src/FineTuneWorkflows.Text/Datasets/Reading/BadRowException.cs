namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>A row is no good, and <see cref="BadRowPolicy.Fail"/> was asked for.</summary>
/// <param name="problem">What is wrong with it.</param>
/// <param name="file">The file.</param>
/// <param name="line">Its line.</param>
/// <param name="advice">Options that would help, if there are any.</param>
public sealed class BadRowException(string problem, string file, long line, IReadOnlyList<OptionAdvice>? advice = null) : TextDataException(problem, file, line, advice: advice);
