namespace FineTuneWorkflows.Tracking.Outbox;

/// <summary>A run as a server is to be told of it.</summary>
/// <param name="Id">Its row.</param>
/// <param name="RunId">Its local id.</param>
/// <param name="Name">What people call it.</param>
/// <param name="ParentRunId">The run that it is a part of, by local id; null for none.</param>
/// <param name="Started">When it began.</param>
/// <param name="Experiment">Its experiment by name; null where none was decided.</param>
/// <param name="ExperimentId">Its experiment by id on the server, where no name was given.</param>
/// <param name="MlflowRunId">The run on the server that it goes on; null for one of its own.</param>
internal sealed record QueuedRun(
    long Id, string RunId, string Name, string? ParentRunId, DateTimeOffset Started, string? Experiment, string? ExperimentId, string? MlflowRunId);
