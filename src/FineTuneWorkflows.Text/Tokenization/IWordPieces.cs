namespace FineTuneWorkflows.Text.Tokenization;

/// <summary>What becomes of a word that <see cref="WordPieceEncoder"/> made.</summary>
internal interface IWordPieces
{
    /// <summary>The id of a word that is too long.</summary>
    int UnknownId { get; }

    /// <summary>The pieces of one word.</summary>
    IReadOnlyList<int> Pieces(ReadOnlySpan<char> word);

    /// <summary>How many UTF-16 characters of a word a piece takes.</summary>
    int Length(int id, bool first);
}
