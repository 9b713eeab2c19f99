namespace FineTuneWorkflows.Pipelines.Contract;

/// <summary>A metric that a stage looks up in what a stage above it measured.</summary>
/// <param name="Parameter">The parameter that names it.</param>
/// <param name="Metric">Its name.</param>
/// <param name="Artifact">The artifact in which it is looked up.</param>
public sealed record NeededMetric(string Parameter, string Metric, string Artifact);
