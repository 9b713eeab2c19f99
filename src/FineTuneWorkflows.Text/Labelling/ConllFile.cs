using FineTuneWorkflows.Text.Datasets.Reading;
using FineTuneWorkflows.Text.Files;

namespace FineTuneWorkflows.Text.Labelling;

/// <summary>
/// Reads CoNLL files (E. Tjong Kim Sang and F. De Meulder, cs/0306050): a word a line, the word first and its tag last, tabs or spaces between; an empty
/// line ends a sentence; a line that begins with <c>-DOCSTART-</c> is passed over. Tags of BIOES, BILOU and BMES become IOB2.
/// </summary>
public static class ConllFile
{
    /// <summary>Reads the sentences one at a time.</summary>
    /// <param name="path">The file, UTF-8.</param>
    /// <param name="cancellationToken">Checked at every sentence.</param>
    /// <exception cref="TextDataException">While reading: the file is missing, has no sentence, or a line is no UTF-8, or has no tag or one of no
    /// known scheme (names the line).</exception>
    public static IEnumerable<TaggedSentence> Read(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return ReadCore(path, cancellationToken);
    }

    private static IEnumerable<TaggedSentence> ReadCore(string path, CancellationToken cancellationToken)
    {
        using var lines = LineReader.Open(path);
        var any = false;
        foreach (var (sentence, problem) in new ConllRows(path, lines, new ReadOptions(), new ReadingNotes()).Sentences())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (problem is not null) throw new TextDataException(problem.Text, path, sentence.Line, advice: problem.Advice);
            any = true;
            yield return sentence;
        }
        if (!any) throw new TextDataException("the file has no sentences", path);
    }
}
