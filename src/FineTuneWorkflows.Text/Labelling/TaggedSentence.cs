namespace FineTuneWorkflows.Text.Labelling;

/// <summary>A sentence split into words, each with a tag.</summary>
/// <param name="Tokens">The words.</param>
/// <param name="Tags">A tag for each, such as <c>O</c> or <c>B-PER</c>.</param>
/// <param name="Line">The line on which it begins, counted from 1.</param>
public sealed record TaggedSentence(IReadOnlyList<string> Tokens, IReadOnlyList<string> Tags, long Line);
