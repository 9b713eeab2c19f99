namespace FineTuneWorkflows.Tracking.Outbox;

/// <summary>An event that waits: either JSON, or the first and last id of its metrics.</summary>
internal sealed record OutboxRow(long Sequence, long Run, string Kind, string? Event, long FirstMetric, long LastMetric);
