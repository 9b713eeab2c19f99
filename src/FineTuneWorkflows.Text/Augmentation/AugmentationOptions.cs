namespace FineTuneWorkflows.Text.Augmentation;

/// <summary>
/// How much easy data augmentation changes a text (J. Wei, K. Zou, "EDA", arXiv:1901.11196). A rate is the share of a text's words that an operation
/// touches, the paper's alpha; 0 turns the operation off. Defaults are the paper's for a few thousand training examples.
/// </summary>
public sealed record AugmentationOptions
{
    /// <summary>
    /// How many changed copies of each training example are added, each made by one operation; the operations take turns. 1 or more. Default 4.
    /// </summary>
    public int Copies { get; init; } = 4;

    /// <summary>The share of words replaced by a synonym; one at least. 0 to 1. Default 0.1.</summary>
    public double SynonymRate { get; init; } = 0.1;

    /// <summary>
    /// How many synonyms of the text's words are inserted at random places, as a share of its words; one at least. 0 to 1. Default 0.1.
    /// </summary>
    public double InsertionRate { get; init; } = 0.1;

    /// <summary>How many pairs of words change places, as a share of the words; one at least. 0 to 1. Default 0.1.</summary>
    public double SwapRate { get; init; } = 0.1;

    /// <summary>The chance of each word to be removed. 0 to below 1. Default 0.1.</summary>
    public double DeletionRate { get; init; } = 0.1;

    /// <summary>The seed. Default 42.</summary>
    public long Seed { get; init; } = 42;
}
