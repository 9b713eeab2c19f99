namespace FineTuneWorkflows.Tracking.Events;

/// <summary>A run began. It comes before every other event of that run, once.</summary>
/// <param name="RunId">The run's local id.</param>
/// <param name="Name">What people call it; need not be unique.</param>
/// <param name="Experiment">The experiment it belongs to, by name; null leaves the choice to whoever delivers it.</param>
/// <param name="Time">When it began.</param>
/// <param name="ParentRunId">The run it is a part of (a trial of a sweep, a fold), by local id; that run has started before.</param>
/// <param name="ExperimentId">The experiment it belongs to, by its id on the server, where no name was given; null for none.</param>
/// <param name="MlflowRunId">The run on the server that it goes on; null for one of its own.</param>
public sealed record RunStarted(
    string RunId, string Name, string? Experiment, DateTimeOffset Time, string? ParentRunId = null, string? ExperimentId = null,
    string? MlflowRunId = null) : TrackingEvent(RunId);
