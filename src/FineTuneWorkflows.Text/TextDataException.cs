using System.Globalization;

namespace FineTuneWorkflows.Text;

/// <summary>
/// Data or a file that the user gave cannot be used. <see cref="Exception.Message"/> names the file, the line where there is one, and what would be
/// right, so that it can be shown without a stack trace.
/// </summary>
public class TextDataException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="problem">What is wrong and what would be right, a sentence without the file's name.</param>
    /// <param name="file">The file or folder at fault, if there is one.</param>
    /// <param name="line">The line, counted from 1, if there is one.</param>
    /// <param name="inner">The cause, if there is one.</param>
    public TextDataException(string problem, string? file = null, long? line = null, Exception? inner = null)
        : base(Compose(problem, file, line), inner)
    {
        Problem = problem;
        File = file;
        Line = line;
    }

    /// <summary>What is wrong, without file and line.</summary>
    public string Problem { get; }

    /// <summary>The file or folder at fault, or null.</summary>
    public string? File { get; }

    /// <summary>The line at fault, counted from 1, or null.</summary>
    public long? Line { get; }

    private static string Compose(string problem, string? file, long? line) =>
        file is null ? problem
        : line is null ? $"{file}: {problem}"
        : string.Create(CultureInfo.InvariantCulture, $"{file}:{line}: {problem}");
}
