namespace FineTuneWorkflows.Text.TokenFiles;

/// <summary>The ids of the special tokens.</summary>
/// <param name="Padding">Fills up a batch.</param>
/// <param name="Unknown">Stands for what the vocabulary cannot express.</param>
/// <param name="Classification">Begins each row.</param>
/// <param name="Separator">Ends each row.</param>
/// <param name="Mask">Stands for what is to be guessed.</param>
public sealed record SpecialTokenIds(int Padding, int Unknown, int Classification, int Separator, int Mask);
