namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>A row is no good, and <see cref="BadRowPolicy.Fail"/> was asked for.</summary>
/// <param name="problem">What is wrong with it.</param>
/// <param name="file">The file.</param>
/// <param name="line">Its line.</param>
public sealed class BadRowException(string problem, string file, long line) : TextDataException(problem, file, line);
