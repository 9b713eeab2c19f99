namespace FineTuneWorkflows.Text.Tokenization.AddedTokens;

/// <summary>An added token found in a text.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Start">The first character.</param>
/// <param name="End">The character after the last.</param>
internal readonly record struct AddedTokenMatch(int Id, int Start, int End);
