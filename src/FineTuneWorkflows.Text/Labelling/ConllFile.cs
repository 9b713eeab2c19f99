using System.Text;
using FineTuneWorkflows.Text.Datasets.Reading;

namespace FineTuneWorkflows.Text.Labelling;

/// <summary>
/// Reads CoNLL files (E. Tjong Kim Sang and F. De Meulder, cs/0306050): a word a line, the word first and its tag last, white space between; an empty
/// line ends a sentence; a line that begins with <c>-DOCSTART-</c> is passed over.
/// </summary>
public static class ConllFile
{
    /// <summary>Reads the sentences one at a time.</summary>
    /// <param name="path">The file, UTF-8.</param>
    /// <param name="cancellationToken">Checked at every sentence.</param>
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
        var any = false;
        using var sentences = ConllRows.Sentences(reader).GetEnumerator();
        while (Next(sentences, path))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (sentence, problem) = sentences.Current;
            if (problem is not null) throw new TextDataException(problem, path, sentence.Line);
            any = true;
            yield return sentence;
        }
        if (!any) throw new TextDataException("the file has no sentences", path);
    }

    private static bool Next(IEnumerator<(TaggedSentence, string?)> sentences, string path)
    {
        try
        {
            return sentences.MoveNext();
        }
        catch (DecoderFallbackException e)
        {
            throw new TextDataException("the file is not UTF-8 text", path, inner: e);
        }
        catch (IOException e)
        {
            throw new TextDataException($"the file cannot be read to its end: {e.Message}", path, inner: e);
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
