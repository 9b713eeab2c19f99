namespace FineTuneWorkflows.Tracking.Store;

/// <summary>
/// How far a journal was read before and after a batch of events. The store keeps the position of each source and moves it together
/// with the events, or not at all, so that each line of a journal enters once, whatever is killed and however many importers there are.
/// </summary>
/// <param name="Source">The journal, such as a run's id. Not empty.</param>
/// <param name="From">The byte offset that the batch begins at: what <see cref="TrackingStore.PositionOf"/> said. Not negative.</param>
/// <param name="To">The byte offset behind the batch; not before <paramref name="From"/>.</param>
public readonly record struct JournalPosition(string Source, long From, long To);
