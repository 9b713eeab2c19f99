namespace FineTuneWorkflows.Text.Tokenization;

/// <summary>Which text of a pair gives way when both together are too long. Tokens are cut off at a text's end.</summary>
public enum PairTruncation
{
    /// <summary>The longer one until both are equally long, then both.</summary>
    LongestFirst,

    /// <summary>The first one alone, for instance the context of a question that must stay whole.</summary>
    OnlyFirst,

    /// <summary>The second one alone.</summary>
    OnlySecond,
}
