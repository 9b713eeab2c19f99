using System.Text;

namespace FineTuneWorkflows.Text.Tokenization.Training;

/// <summary>
/// Makes a WordPiece vocabulary from texts. Words are those of BERT's basic tokenizer; pieces grow from characters by joining the most frequent pair
/// of neighbours (R. Sennrich et al., arXiv:1508.07909), pieces within a word written with <c>##</c> - the way of Hugging Face's WordPieceTrainer,
/// not the likelihood of M. Schuster and K. Nakajima (2012), whose trainer was never published. Equal texts in any order give equal bytes.
/// </summary>
public static class WordPieceTrainer
{
    private const int ProgressEvery = 10_000;

    /// <summary>
    /// Reads the texts once and writes <c>vocab.txt</c> and <c>tokenizer_config.json</c>. The vocabulary begins with the padding, unknown,
    /// classification, separator and mask tokens, then come the characters by code point, as beginnings and as <c>##</c> continuations, then the
    /// pieces in the order they were joined. Every training text whose characters all have entries and whose words have at most 100 characters
    /// encodes without the unknown token.
    /// </summary>
    /// <param name="texts">The texts; only their different words are kept in memory.</param>
    /// <param name="options">Size and frequencies.</param>
    /// <param name="folder">The folder to write; made where it is missing.</param>
    /// <param name="progress">Told the phase <c>counting words</c>, in texts.</param>
    /// <param name="cancellationToken">Checked at every text and every piece.</param>
    /// <returns>The tokenizer; it has fewer entries than wanted where no pair is frequent enough.</returns>
    /// <exception cref="TextDataException">The texts have no words; or the special tokens and characters alone exceed the size (says how many there
    /// are); or the folder cannot be written.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number of the options is below 1.</exception>
    public static WordPieceTokenizer Train(
        IEnumerable<string> texts, WordPieceTrainingOptions options, string folder, IProgress<TextProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.VocabularySize, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MinFrequency, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxAlphabet, 1, nameof(options));
        var entries = Entries(Count(texts, options, progress, cancellationToken), options, cancellationToken);
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, Vocabulary.FileName), string.Concat(entries.Select(e => e + "\n")), new UTF8Encoding(false));
            TokenizerConfigFile.Write(Path.Combine(folder, TokenizerConfigFile.Name), options.Tokenizer);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new TextDataException($"the vocabulary cannot be written: {e.Message}", folder, inner: e);
        }
        return WordPieceTokenizer.Load(folder);
    }

    private static List<(string Word, long Count)> Count(
        IEnumerable<string> texts, WordPieceTrainingOptions options, IProgress<TextProgress>? progress, CancellationToken cancellationToken)
    {
        var counter = new WordCounter(options.Tokenizer);
        long done = 0;
        foreach (var text in texts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            counter.Add(text);
            if (++done % ProgressEvery == 0) progress?.Report(new TextProgress("counting words", done, null, "texts"));
        }
        progress?.Report(new TextProgress("counting words", done, done, "texts"));
        List<(string, long)> words = [.. counter.Words];
        return words.Count > 0 ? words : throw new TextDataException("the texts have no words, so no vocabulary can be made of them");
    }

    private static IReadOnlyList<string> Entries(
        List<(string Word, long Count)> words, WordPieceTrainingOptions options, CancellationToken cancellationToken)
    {
        var alphabet = WordAlphabet.Of(words, options.MaxAlphabet);
        var special = options.Tokenizer;
        List<string> first =
        [
            special.PaddingToken, special.UnknownToken, special.ClassificationToken, special.SeparatorToken, special.MaskToken,
            .. alphabet.Entries(special),
        ];
        if (first.Count > options.VocabularySize)
            throw new TextDataException(
                $"a vocabulary of {options.VocabularySize} entries has no room: the special tokens and single characters are {first.Count} already; "
                + "choose a larger size or a smaller alphabet");
        var merger = new PieceMerger(first);
        foreach (var (word, count) in words)
        {
            if (alphabet.Covers(word)) merger.Add(word, count);
        }
        merger.Merge(options.VocabularySize, options.MinFrequency, cancellationToken);
        return merger.Entries;
    }
}
