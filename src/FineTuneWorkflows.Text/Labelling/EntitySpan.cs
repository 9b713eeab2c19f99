namespace FineTuneWorkflows.Text.Labelling;

/// <summary>A labelled stretch of a text.</summary>
/// <param name="Start">The first UTF-16 character.</param>
/// <param name="End">The character after the last.</param>
/// <param name="Label">The kind of entity, for instance <c>PER</c>.</param>
public sealed record EntitySpan(int Start, int End, string Label);
