using FineTuneWorkflows.Tracking.Events;

namespace FineTuneWorkflows.Tracking.Runs;

/// <summary>All that is kept of one run, but for the history of its metrics. Everything is sorted by key or name, ordinally.</summary>
/// <param name="Run">Its line in the list.</param>
/// <param name="Parameters">Keys and values.</param>
/// <param name="Tags">Keys and values.</param>
/// <param name="Metrics">The value of each metric at its greatest step; of several there, the latest.</param>
/// <param name="Datasets">The data sets that it used.</param>
/// <param name="Artifacts">What it made, by path among its artifacts.</param>
/// <param name="Models">The models that it logged.</param>
public sealed record RunDetails(
    RunSummary Run,
    IReadOnlyDictionary<string, string> Parameters,
    IReadOnlyDictionary<string, string> Tags,
    IReadOnlyDictionary<string, MetricPoint> Metrics,
    IReadOnlyList<DatasetUsed> Datasets,
    IReadOnlyList<ArtifactProduced> Artifacts,
    IReadOnlyList<ModelLogged> Models);
