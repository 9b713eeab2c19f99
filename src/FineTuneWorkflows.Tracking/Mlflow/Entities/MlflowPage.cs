namespace FineTuneWorkflows.Tracking.Mlflow.Entities;

/// <summary>A page of a longer answer.</summary>
/// <param name="Items">What is on it; may be empty though more follow.</param>
/// <param name="NextPageToken">What to ask the next page with; null on the last one.</param>
public sealed record MlflowPage<T>(IReadOnlyList<T> Items, string? NextPageToken);
