namespace FineTuneWorkflows.Text.TokenFiles;

/// <summary>What encoding an example appended to a <see cref="RowBatch"/>.</summary>
/// <param name="Length">How many tokens.</param>
/// <param name="SecondStart">The first token of type 1, or the length.</param>
/// <param name="Lost">How many tokens did not fit.</param>
/// <param name="Unknown">How many tokens are the unknown one.</param>
/// <param name="Classes">How many class numbers.</param>
internal readonly record struct EncodedExample(int Length, int SecondStart, int Lost, int Unknown, int Classes);
