namespace FineTuneWorkflows.Text.TokenFiles;

/// <summary>What tokenizing a split gave.</summary>
public sealed record TokenSplitSummary
{
    /// <summary>How many rows.</summary>
    public required long Count { get; init; }

    /// <summary>How many rows of each label.</summary>
    public required IReadOnlyDictionary<string, long> Classes { get; init; }

    /// <summary>How many tokens are kept, [CLS] and [SEP] included.</summary>
    public required long Tokens { get; init; }

    /// <summary>How many of them are the unknown token.</summary>
    public required long UnknownTokens { get; init; }

    /// <summary>How many rows were longer than the maximum length.</summary>
    public required long TruncatedTexts { get; init; }

    /// <summary>How many tokens were cut off them.</summary>
    public required long TruncatedTokens { get; init; }

    /// <summary>How long the rows are before anything is cut off.</summary>
    public required LengthSummary Lengths { get; init; }
}
