namespace FineTuneWorkflows.Text.TokenFiles;

/// <summary>How long the examples of a split would be as rows of their own if nothing were cut off, special tokens included unless they are joined. Lengths above 65,535 count as 65,535.</summary>
public sealed record LengthSummary
{
    /// <summary>The shortest row.</summary>
    public required int Shortest { get; init; }

    /// <summary>The longest row.</summary>
    public required int Longest { get; init; }

    /// <summary>The mean.</summary>
    public required double Mean { get; init; }

    /// <summary>Half of the rows are no longer than this.</summary>
    public required int P50 { get; init; }

    /// <summary>90% of the rows are no longer than this.</summary>
    public required int P90 { get; init; }

    /// <summary>95% of the rows are no longer than this.</summary>
    public required int P95 { get; init; }

    /// <summary>99% of the rows are no longer than this.</summary>
    public required int P99 { get; init; }

    /// <summary>
    /// Rows by length; a bucket ends at each power of two and halfway between (8, 12, 16, 24, 32, 48 ...). Empty buckets are left out.
    /// </summary>
    public required IReadOnlyList<LengthBucket> Histogram { get; init; }
}
