using System.Text;
using FineTuneWorkflows.Text.Tokenization.Normalization;

namespace FineTuneWorkflows.Text.Tokenization.Training;

/// <summary>The characters that get entries of their own, by code point; of too many the most frequent.</summary>
internal sealed class WordAlphabet
{
    private readonly SortedSet<int> _characters;

    private WordAlphabet(IEnumerable<int> characters) => _characters = [.. characters];

    public static WordAlphabet Of(IEnumerable<(string Word, long Count)> words, int most)
    {
        var counts = new Dictionary<int, long>();
        foreach (var (word, count) in words)
        {
            foreach (var r in word.EnumerateRunes()) counts[r.Value] = counts.GetValueOrDefault(r.Value) + count;
        }
        return new WordAlphabet(counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key).Take(most).Select(c => c.Key));
    }

    /// <summary>
    /// The entries: each character as a word's beginning, then each that can stand further within a word. Punctuation and ideographs are always
    /// words of their own.
    /// </summary>
    public IEnumerable<string> Entries(WordPieceOptions options) =>
        _characters.Select(c => new Rune(c).ToString()).Concat(
            _characters.Select(c => new Rune(c)).Where(r => !StandsAlone(r, options)).Select(r => "##" + r));

    /// <summary>Whether the alphabet has all of a word's characters.</summary>
    public bool Covers(string word)
    {
        foreach (var r in word.EnumerateRunes())
        {
            if (!_characters.Contains(r.Value)) return false;
        }
        return true;
    }

    private static bool StandsAlone(Rune r, WordPieceOptions options) =>
        BertCharacter.IsPunctuation(r, Rune.GetUnicodeCategory(r)) || (options.SplitIdeographs && BertCharacter.IsIdeograph(r));
}
