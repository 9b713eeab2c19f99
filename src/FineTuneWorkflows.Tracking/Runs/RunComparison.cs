namespace FineTuneWorkflows.Tracking.Runs;

/// <summary>Several runs side by side.</summary>
/// <param name="Runs">The runs, in the order they were asked for.</param>
/// <param name="Parameters">One row per parameter that any of them has, by key.</param>
/// <param name="Metrics">One row per metric that any of them has, by key.</param>
/// <param name="Datasets">One row per name and context of a data set; the values are digests.</param>
public sealed record RunComparison(
    IReadOnlyList<RunSummary> Runs,
    IReadOnlyList<ComparisonRow<string>> Parameters,
    IReadOnlyList<ComparisonRow<double?>> Metrics,
    IReadOnlyList<ComparisonRow<string>> Datasets);
