namespace FineTuneWorkflows.Pipelines.Journals;

/// <summary>A run in a list.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Name">What it was called when it began: the definition's name where its user gave it none.</param>
/// <param name="State">How it stands.</param>
/// <param name="Started">When it began; null where its journal cannot be read.</param>
/// <param name="LastEvent">When something was last heard of it.</param>
/// <param name="Summary">What came of it, or of its last attempt; null where none came to an end.</param>
public sealed record RunOverview(string RunId, string Name, RunState State, DateTimeOffset? Started, DateTimeOffset? LastEvent, RunSummary? Summary)
{
    /// <summary>From its beginning to what was last heard of it, pauses between attempts included.</summary>
    public TimeSpan Duration => Started is { } from && LastEvent is { } to ? to - from : TimeSpan.Zero;
}
