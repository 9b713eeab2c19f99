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
    /// <param name="advice">Options that would help, if there are any; the message ends with them.</param>
    public TextDataException(string problem, string? file = null, long? line = null, Exception? inner = null, IReadOnlyList<OptionAdvice>? advice = null)
        : base(Compose(advice is { Count: > 0 } ? $"{problem}; {OptionAdvice.Text(advice)}" : problem, file, line), inner)
    {
        Problem = problem;
        File = file;
        Line = line;
        Advice = advice ?? [];
    }

    /// <summary>What is wrong, without file, line and advice.</summary>
    public string Problem { get; }

    /// <summary>The file or folder at fault, or null.</summary>
    public string? File { get; }

    /// <summary>The line at fault, counted from 1, or null.</summary>
    public long? Line { get; }

    /// <summary>Options that would help; none where nobody knows any.</summary>
    public IReadOnlyList<OptionAdvice> Advice { get; }

    /// <summary>The message with the advice as it is typed where the options have other names.</summary>
    /// <param name="write">How an option and its value are typed.</param>
    public string MessageWith(Func<OptionAdvice, string> write) =>
        Compose(Advice.Count > 0 ? $"{Problem}; {OptionAdvice.Text(Advice, write)}" : Problem, File, Line);

    private static string Compose(string problem, string? file, long? line) =>
        file is null ? problem
        : line is null ? $"{file}: {problem}"
        : string.Create(CultureInfo.InvariantCulture, $"{file}:{line}: {problem}");
}
