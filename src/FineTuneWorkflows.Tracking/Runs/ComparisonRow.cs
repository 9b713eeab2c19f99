namespace FineTuneWorkflows.Tracking.Runs;

/// <summary>One row of a comparison.</summary>
/// <param name="Key">The parameter, metric or data set.</param>
/// <param name="Values">One value per run, in the order of <see cref="RunComparison.Runs"/>; null where a run has none.</param>
/// <param name="Differs">True when not all values are equal; a missing one differs from any other.</param>
public sealed record ComparisonRow<T>(string Key, IReadOnlyList<T?> Values, bool Differs);
