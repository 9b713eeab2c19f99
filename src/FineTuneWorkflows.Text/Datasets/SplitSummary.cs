namespace FineTuneWorkflows.Text.Datasets;

/// <summary>What one split holds.</summary>
public sealed record SplitSummary
{
    /// <summary>How many examples.</summary>
    public required long Count { get; init; }

    /// <summary>
    /// How many of each label; every label of the dataset is a key, in the order of the labels. For many labels the examples that have it, for tagged
    /// words the words.
    /// </summary>
    public required IReadOnlyDictionary<string, long> Classes { get; init; }
}
