namespace FineTuneWorkflows.Text.Labelling;

/// <summary>The words of a text with a tag each, and what became of its entities.</summary>
/// <param name="Words">The words, each a slice of the text.</param>
/// <param name="Tags">A tag for each.</param>
/// <param name="Misaligned">The entities that begin or end inside a word.</param>
/// <param name="Widened">How many of them took whole words.</param>
/// <param name="Dropped">How many were left out: by the policy, or because another entity has more of their only word.</param>
public sealed record TaggedWords(IReadOnlyList<string> Words, IReadOnlyList<string> Tags, IReadOnlyList<EntitySpan> Misaligned, int Widened, int Dropped);
