namespace FineTuneWorkflows.Text.Augmentation;

/// <summary>What augmentation did.</summary>
public sealed record AugmentationReport
{
    /// <summary>The training examples there were.</summary>
    public required long Originals { get; init; }

    /// <summary>The changed copies that were added.</summary>
    public required long Added { get; init; }

    /// <summary>How many of them each operation made, under its name.</summary>
    public required IReadOnlyDictionary<string, long> ByOperation { get; init; }

    /// <summary>Copies left out because no operation could change the text (one word without a synonym, for instance).</summary>
    public required long Unchanged { get; init; }

    /// <summary>
    /// Copies left out because their text was there already: in training, in another copy, or, where it would have leaked, in validation or test.
    /// </summary>
    public required long AlreadyThere { get; init; }
}
