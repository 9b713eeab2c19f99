namespace FineTuneWorkflows.Text.Tokenization;

/// <summary>What encoding one row appended.</summary>
/// <param name="Length">How many tokens.</param>
/// <param name="SecondStart">The first token, counted within the row, whose type is 1; -1 where all have type 0.</param>
/// <param name="Lost">How many tokens did not fit.</param>
/// <param name="Unknown">How many tokens are the unknown one.</param>
internal readonly record struct EncodedRow(int Length, int SecondStart, int Lost, int Unknown);
