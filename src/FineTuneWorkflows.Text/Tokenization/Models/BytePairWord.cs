namespace FineTuneWorkflows.Text.Tokenization.Models;

/// <summary>A word divided by byte pair encoding.</summary>
/// <param name="Ids">The entries; -1 for what has none and is left out.</param>
/// <param name="Ends">Where each ends, in UTF-8 bytes of the word.</param>
internal sealed record BytePairWord(int[] Ids, int[] Ends);
