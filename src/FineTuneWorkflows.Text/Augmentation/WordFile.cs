using FineTuneWorkflows.Text.Files;

namespace FineTuneWorkflows.Text.Augmentation;

/// <summary>Reads word lists in UTF-8, packed or not.</summary>
internal static class WordFile
{
    /// <exception cref="TextDataException">The file is missing or cannot be read, at once; while reading, a line is not UTF-8 or too long.</exception>
    public static IEnumerable<(string Text, int Number)> Lines(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Read(LineReader.Open(path), path);
    }

    private static IEnumerable<(string Text, int Number)> Read(LineReader lines, string path)
    {
        using (lines)
        {
            while (lines.Read())
            {
                if (lines.Problem is { } problem) throw new TextDataException(problem.Text + "; word lists are UTF-8", path, lines.Number);
                yield return (lines.Line, (int)lines.Number);
            }
        }
    }
}
