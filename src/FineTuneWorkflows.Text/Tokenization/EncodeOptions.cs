namespace FineTuneWorkflows.Text.Tokenization;

/// <summary>How to encode a text or a pair of texts.</summary>
public sealed record EncodeOptions
{
    /// <summary>The most ids, special tokens included. Default: no limit.</summary>
    public int MaxLength { get; init; } = int.MaxValue;

    /// <summary>Which text of a pair gives way. Default <see cref="PairTruncation.LongestFirst"/>.</summary>
    public PairTruncation Truncation { get; init; } = PairTruncation.LongestFirst;

    /// <summary>Whether the family's special tokens are put around the text, such as [CLS] and [SEP]. Default true.</summary>
    public bool AddSpecialTokens { get; init; } = true;

    /// <summary>
    /// Whether a special token's name inside a text, such as <c>&lt;|im_end|&gt;</c>, becomes that token. Default false: whoever writes a text that
    /// is to be classified or answered must not be able to end a turn or begin another. Hugging Face's tokenizers do it unless
    /// <c>split_special_tokens</c> is set. Added tokens that are not special are always found.
    /// </summary>
    public bool SpecialTokensInText { get; init; }

    /// <summary>Stretches of the text in which such names stay text all the same: what a message of a conversation says. Default: none.</summary>
    internal IReadOnlyList<TokenSpan> PlainParts { get; init; } = [];

    /// <summary>Ends the work on a text, also on a very long one. Default: nothing does.</summary>
    internal CancellationToken CancellationToken { get; init; }
}
