using System.Text;

namespace FineTuneWorkflows.Text.Labelling;

/// <summary>
/// Reads CoNLL files (E. Tjong Kim Sang and F. De Meulder, cs/0306050): a word a line, the word first and its tag last, white space between; an empty
/// line ends a sentence; a line that begins with <c>-DOCSTART-</c> is passed over.
/// </summary>
public static class ConllFile
{
    /// <summary>Reads the sentences one at a time.</summary>
    /// <param name="path">The file, UTF-8.</param>
    /// <param name="cancellationToken">Checked at every line.</param>
    /// <exception cref="TextDataException">While reading: the file is missing, is no UTF-8, has no sentence, or a line has no tag or one that is
    /// neither <c>O</c> nor begins with <c>B-</c> or <c>I-</c> (names the line).</exception>
    public static IEnumerable<TaggedSentence> Read(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return ReadCore(path, cancellationToken);
    }

    private static IEnumerable<TaggedSentence> ReadCore(string path, CancellationToken cancellationToken)
    {
        using var reader = Open(path);
        var (tokens, tags) = (new List<string>(), new List<string>());
        long number = 0, first = 1;
        var any = false;
        while (NextLine(reader, path, number + 1) is { } line)
        {
            cancellationToken.ThrowIfCancellationRequested();
            number++;
            if (!string.IsNullOrWhiteSpace(line) && !line.StartsWith("-DOCSTART-", StringComparison.Ordinal))
            {
                if (tokens.Count == 0) first = number;
                var fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
                if (fields.Length < 2) throw new TextDataException($"the word '{fields[0]}' has no tag; a line is a word and its tag", path, number);
                tokens.Add(fields[0]);
                tags.Add(Tag(fields[^1], path, number));
                continue;
            }
            if (tokens.Count == 0) continue;
            any = true;
            yield return new TaggedSentence(tokens, tags, first);
            (tokens, tags) = ([], []);
        }
        if (tokens.Count > 0) yield return new TaggedSentence(tokens, tags, first);
        else if (!any) throw new TextDataException("the file has no sentences", path);
    }

    private static string Tag(string tag, string path, long number) =>
        tag == "O" || (tag.Length > 2 && tag[1] == '-' && tag[0] is ('B' or 'I')) ? tag
            : throw new TextDataException($"the tag '{tag}' is none; it must be O, or begin with B- or I- and name a kind", path, number);

    private static string? NextLine(StreamReader reader, string path, long number)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (DecoderFallbackException e)
        {
            throw new TextDataException("the file is not UTF-8 text", path, number, e);
        }
        catch (IOException e)
        {
            throw new TextDataException($"the file cannot be read to its end: {e.Message}", path, number, e);
        }
    }

    private static StreamReader Open(string path)
    {
        try
        {
            return new StreamReader(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new TextDataException("the file does not exist", path, inner: e);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new TextDataException($"the file cannot be opened: {e.Message}", path, inner: e);
        }
    }
}
