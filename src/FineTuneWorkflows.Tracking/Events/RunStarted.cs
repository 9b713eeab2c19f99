namespace FineTuneWorkflows.Tracking.Events;

/// <summary>A run began. It comes before every other event of that run, once.</summary>
/// <param name="RunId">The run's local id.</param>
/// <param name="Name">What people call it; need not be unique.</param>
/// <param name="Experiment">The experiment it belongs to; null leaves the choice to whoever delivers it.</param>
/// <param name="Time">When it began.</param>
/// <param name="ParentRunId">The run it is a part of (a trial of a sweep, a fold), by local id; that run has started before.</param>
public sealed record RunStarted(
    string RunId, string Name, string? Experiment, DateTimeOffset Time, string? ParentRunId = null) : TrackingEvent(RunId);
