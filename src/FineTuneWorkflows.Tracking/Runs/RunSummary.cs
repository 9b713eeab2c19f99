using FineTuneWorkflows.Tracking.Events;

namespace FineTuneWorkflows.Tracking.Runs;

/// <summary>A line in the list of runs.</summary>
/// <param name="RunId">The local id.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Experiment">Its experiment; null where none was given.</param>
/// <param name="ParentRunId">The run that it is a part of; null for none.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Started">When it began.</param>
/// <param name="Ended">When it ended; null while it is running.</param>
public sealed record RunSummary(
    string RunId, string Name, string? Experiment, string? ParentRunId, RunStatus Status, DateTimeOffset Started, DateTimeOffset? Ended)
{
    /// <summary>How long it took; null while it is running.</summary>
    public TimeSpan? Duration => Ended - Started;
}
