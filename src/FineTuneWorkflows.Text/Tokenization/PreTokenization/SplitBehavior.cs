namespace FineTuneWorkflows.Text.Tokenization.PreTokenization;

/// <summary>What becomes of the matches at which a text is divided; the names are those of tokenizer.json.</summary>
internal enum SplitBehavior
{
    /// <summary>They are parts of their own.</summary>
    Isolated,

    /// <summary>They are left out.</summary>
    Removed,

    /// <summary>They go to the part before.</summary>
    MergedWithPrevious,

    /// <summary>They go to the part after.</summary>
    MergedWithNext,

    /// <summary>Neighbouring ones are one part.</summary>
    Contiguous,
}
