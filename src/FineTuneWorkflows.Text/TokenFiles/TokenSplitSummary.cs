namespace FineTuneWorkflows.Text.TokenFiles;

/// <summary>What tokenizing a split gave.</summary>
public sealed record TokenSplitSummary
{
    /// <summary>How many rows.</summary>
    public required long Count { get; init; }

    /// <summary>How many examples they were made from: as many, but where examples are joined or dropped.</summary>
    public required long Examples { get; init; }

    /// <summary>How many examples of each label; for tagged words how many words of each tag.</summary>
    public required IReadOnlyDictionary<string, long> Classes { get; init; }

    /// <summary>How many tokens are kept, special tokens included.</summary>
    public required long Tokens { get; init; }

    /// <summary>How many of them are the unknown token.</summary>
    public required long UnknownTokens { get; init; }

    /// <summary>How many examples were longer than the maximum length.</summary>
    public required long TruncatedTexts { get; init; }

    /// <summary>How many tokens were cut off them.</summary>
    public required long TruncatedTokens { get; init; }

    /// <summary>How many conversations were left out because nothing that is to be learned was left of them.</summary>
    public required long DroppedExamples { get; init; }

    /// <summary>How long the examples are before anything is cut off or joined.</summary>
    public required LengthSummary Lengths { get; init; }
}
