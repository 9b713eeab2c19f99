namespace FineTuneWorkflows.Tracking.Outbox;

/// <summary>A run on a server.</summary>
internal sealed record DeliveredRun(string MlflowRunId, string ExperimentId, string? ArtifactUri);
