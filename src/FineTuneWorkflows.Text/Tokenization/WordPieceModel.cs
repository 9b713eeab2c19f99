using Microsoft.ML.Tokenizers;

namespace FineTuneWorkflows.Text.Tokenization;

/// <summary>
/// Microsoft's WordPiece with its own splitting and normalization switched off. Those deviate from BERT's reference (seen in 2.0.1): they drop tabs
/// and line feeds so that words run together, drop symbols such as <c>$ + `</c>, keep accents and undivided Hangul, and count UTF-16 units where 100
/// characters are the limit. Here single words come in, made by <see cref="WordPieceEncoder"/>.
/// </summary>
internal sealed class WordPieceModel : IWordPieces
{
    /// <summary>Words of more characters (code points) than this are unknown, as in BERT's reference.</summary>
    public const int MaxWordLength = 100;

    private readonly BertTokenizer _tokenizer;
    private readonly Vocabulary _vocabulary;

    public WordPieceModel(Vocabulary vocabulary, WordPieceOptions options)
    {
        _vocabulary = vocabulary;
        _tokenizer = BertTokenizer.Create(new MemoryStream(vocabulary.Bytes, writable: false), new BertOptions
        {
            ApplyBasicTokenization = false,
            UnknownToken = options.UnknownToken,
            SeparatorToken = options.SeparatorToken,
            PaddingToken = options.PaddingToken,
            ClassificationToken = options.ClassificationToken,
            MaskingToken = options.MaskToken,
            // Counted in code points before a word comes here; a code point has two UTF-16 units at most.
            MaxInputCharsPerWord = MaxWordLength * 2,
        });
    }

    /// <inheritdoc />
    public int UnknownId => _tokenizer.UnknownTokenId;

    public int SeparatorId => _tokenizer.SeparatorTokenId;

    public int PaddingId => _tokenizer.PaddingTokenId;

    public int ClassificationId => _tokenizer.ClassificationTokenId;

    public int MaskId => _tokenizer.MaskingTokenId;

    /// <inheritdoc />
    public IReadOnlyList<int> Pieces(ReadOnlySpan<char> word) =>
        _tokenizer.EncodeToIds(word, addSpecialTokens: false, considerPreTokenization: false, considerNormalization: false);

    /// <inheritdoc />
    public int Length(int id, bool first) => _vocabulary[id].Length - (first ? 0 : 2);
}
