namespace FineTuneWorkflows.Tracking.Events;

/// <summary>Tags of a run were set; the last value of a key counts.</summary>
/// <param name="RunId">The run's local id.</param>
/// <param name="Tags">Keys and values.</param>
public sealed record TagsSet(string RunId, IReadOnlyList<KeyValuePair<string, string>> Tags) : TrackingEvent(RunId);
