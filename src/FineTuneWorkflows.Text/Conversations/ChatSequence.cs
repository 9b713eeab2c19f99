namespace FineTuneWorkflows.Text.Conversations;

/// <summary>A conversation as token ids.</summary>
/// <param name="Ids">The ids; <c>[tokens]</c>.</param>
/// <param name="Labels">For each token its own id where it is learned, -100 where it is only read; <c>[tokens]</c>, not shifted.</param>
public sealed record ChatSequence(int[] Ids, int[] Labels);
