namespace FineTuneWorkflows.Text.Tokenization;

/// <summary>Turns one text into tokens without those of the template. Not safe for use by two threads at once: each has its own.</summary>
internal abstract class TextEncoder
{
    /// <summary>Stretches of the next text in which the names of special tokens stay text, in their order.</summary>
    public IReadOnlyList<TokenSpan> PlainParts { get; set; } = [];

    /// <summary>Ends the work on the next text.</summary>
    public CancellationToken CancellationToken { get; set; }

    /// <summary>Appends a text's tokens and counts <see cref="TokenList.Word"/> on at each word's end.</summary>
    /// <param name="text">The text.</param>
    /// <param name="specialTokens">Whether the names of special tokens in it become those tokens.</param>
    /// <param name="output">Where the tokens go.</param>
    public abstract void Encode(ReadOnlySpan<char> text, bool specialTokens, TokenList output);

    /// <summary>Whether any of a stretch is to stay text.</summary>
    protected bool IsPlain(int start, int end)
    {
        // They stand in their order: the first that ends behind the beginning decides.
        var (low, high) = (0, PlainParts.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (PlainParts[middle].End <= start) low = middle + 1;
            else high = middle;
        }
        return low < PlainParts.Count && PlainParts[low].Start < end;
    }
}
