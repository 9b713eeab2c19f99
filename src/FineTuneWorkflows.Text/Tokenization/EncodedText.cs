namespace FineTuneWorkflows.Text.Tokenization;

/// <summary>A text as token ids.</summary>
/// <param name="Ids">[CLS], the tokens, [SEP]; <c>[tokens]</c>, as many as the maximum length at most.</param>
/// <param name="LostTokens">How many tokens were cut off at the end to keep to the maximum length.</param>
/// <param name="UnknownTokens">How many of the ids are the unknown token.</param>
public sealed record EncodedText(int[] Ids, int LostTokens, int UnknownTokens);
