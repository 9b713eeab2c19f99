namespace FineTuneWorkflows.Tracking.Outbox;

/// <summary>A run whose events are held up.</summary>
/// <param name="Id">Its row.</param>
/// <param name="RunId">Its local id.</param>
/// <param name="Because">Why.</param>
/// <param name="MlflowRunId">The run on the server, where it was known.</param>
/// <param name="ExperimentId">Its experiment on the server, where it was known.</param>
/// <param name="Experiment">Its experiment's name; null where none was decided.</param>
/// <param name="Whole">Whether all its events are kept, so that it can be made anew.</param>
internal sealed record HeldRun(long Id, string RunId, HoldReason Because, string? MlflowRunId, string? ExperimentId, string? Experiment, bool Whole);
