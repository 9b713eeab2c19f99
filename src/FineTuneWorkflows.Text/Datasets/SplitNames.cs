namespace FineTuneWorkflows.Text.Datasets;

/// <summary>The names of splits as they stand in files and split columns.</summary>
public static class SplitNames
{
    /// <summary>All splits: train, validation, test.</summary>
    public static IReadOnlyList<SplitName> All { get; } = [SplitName.Train, SplitName.Validation, SplitName.Test];

    /// <summary>The name as it is written to files: <c>train</c>, <c>validation</c> or <c>test</c>.</summary>
    /// <param name="split">The split.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is none of the three.</exception>
    public static string ToText(this SplitName split) => split switch
    {
        SplitName.Train => "train",
        SplitName.Validation => "validation",
        SplitName.Test => "test",
        _ => throw new ArgumentOutOfRangeException(nameof(split), split, "not a split"),
    };

    /// <summary>
    /// Reads a split's name, whatever its case: <c>train</c>/<c>training</c>, <c>validation</c>/<c>valid</c>/<c>val</c>/<c>dev</c>,
    /// <c>test</c>/<c>testing</c>.
    /// </summary>
    /// <param name="text">The name; white space at its ends does not matter.</param>
    /// <param name="split">The split, when the result is true.</param>
    public static bool TryParse(string text, out SplitName split)
    {
        ArgumentNullException.ThrowIfNull(text);
        SplitName? parsed = text.Trim().ToLowerInvariant() switch
        {
            "train" or "training" => SplitName.Train,
            "validation" or "valid" or "val" or "dev" => SplitName.Validation,
            "test" or "testing" => SplitName.Test,
            _ => null,
        };
        split = parsed ?? default;
        return parsed is not null;
    }
}
