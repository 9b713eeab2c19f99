namespace FineTuneWorkflows.Text.Tokenization.Patterns;

/// <summary>Something that can be looked for in a text.</summary>
internal interface ITextPattern
{
    /// <summary>Appends the matches from left to right; they do not overlap.</summary>
    /// <param name="text">The text.</param>
    /// <param name="matches">Where they go.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    void Find(ReadOnlySpan<char> text, List<TokenSpan> matches, CancellationToken cancellationToken);
}
