namespace FineTuneWorkflows.Text.Datasets;

/// <summary>A file that a dataset was made from.</summary>
public sealed record SourceSummary
{
    /// <summary>The file's name without its folder.</summary>
    public required string Name { get; init; }

    /// <summary>The SHA-256 of its bytes.</summary>
    public required string Sha256 { get; init; }

    /// <summary>How many good rows it has.</summary>
    public required long Rows { get; init; }
}
