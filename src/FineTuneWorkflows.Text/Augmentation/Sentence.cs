namespace FineTuneWorkflows.Text.Augmentation;

/// <summary>
/// A text as words that can be exchanged, moved and removed while it stays readable. A word is what stands between white space, divided into the
/// punctuation before it, its core (from the first to the last letter or digit) and the punctuation after it. Punctuation belongs to the place, not
/// to the core. White space becomes single spaces.
/// </summary>
internal sealed class Sentence
{
    private readonly List<Word> _words = [];

    private Sentence()
    {
    }

    /// <summary>How many words, those without a core included.</summary>
    public int Count => _words.Count;

    public static Sentence Parse(string text)
    {
        var sentence = new Sentence();
        foreach (var token in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) sentence._words.Add(Word.Parse(token));
        return sentence;
    }

    /// <summary>The core at a place; empty where there is only punctuation.</summary>
    public string Core(int index) => _words[index].Core;

    /// <summary>Places that have a core.</summary>
    public List<int> Places() => [.. Enumerable.Range(0, _words.Count).Where(i => _words[i].Core.Length > 0)];

    /// <summary>Puts another core at a place, in the case of the one there.</summary>
    public void Replace(int index, string core) => _words[index] = _words[index] with { Core = LetterCase.Like(_words[index].Core, core) };

    /// <summary>Inserts a word before a place.</summary>
    public void Insert(int index, string core) => _words.Insert(index, new Word("", core, ""));

    /// <summary>Exchanges two cores. The capital at the start of the text stays at the start.</summary>
    public void Swap(int first, int second, Func<string, bool> isCommon)
    {
        var (a, b) = (_words[first].Core, _words[second].Core);
        var start = _words.FindIndex(w => w.Core.Length > 0);
        if (start == first && LetterCase.IsCapitalized(a)) (a, b) = (LetterCase.Lowered(a, isCommon), LetterCase.Capitalized(b));
        else if (start == second && LetterCase.IsCapitalized(b)) (a, b) = (LetterCase.Capitalized(a), LetterCase.Lowered(b, isCommon));
        _words[first] = _words[first] with { Core = b };
        _words[second] = _words[second] with { Core = a };
    }

    /// <summary>
    /// Removes the cores at some places. Closing punctuation moves to the word before, opening punctuation to the word after, where those have none.
    /// </summary>
    public void Remove(IReadOnlySet<int> places)
    {
        var start = _words.FindIndex(w => w.Core.Length > 0);
        var capital = start >= 0 && LetterCase.IsCapitalized(_words[start].Core);
        var kept = new List<Word>();
        var opening = "";
        for (var i = 0; i < _words.Count; i++)
        {
            var word = _words[i];
            if (!places.Contains(i))
            {
                kept.Add(word.Before.Length == 0 && word.Core.Length > 0 ? word with { Before = opening } : word);
                if (word.Core.Length > 0) opening = "";
                continue;
            }
            if (opening.Length == 0) opening = word.Before;
            if (kept.Count > 0 && kept[^1].After.Length == 0 && kept[^1].Core.Length > 0) kept[^1] = kept[^1] with { After = word.After };
        }
        _words.Clear();
        _words.AddRange(kept);
        var first = _words.FindIndex(w => w.Core.Length > 0);
        if (capital && places.Contains(start) && first >= 0) _words[first] = _words[first] with { Core = LetterCase.Capitalized(_words[first].Core) };
    }

    public override string ToString() => string.Join(' ', _words.Select(w => w.Before + w.Core + w.After));

    private sealed record Word(string Before, string Core, string After)
    {
        public static Word Parse(string token)
        {
            var from = 0;
            while (from < token.Length && !IsCore(token[from])) from++;
            if (from == token.Length) return new Word("", "", token);
            var to = token.Length;
            while (!IsCore(token[to - 1])) to--;
            return new Word(token[..from], token[from..to], token[to..]);
        }

        // Surrogates are emoji and rare scripts, marks belong to the letter before them: neither is punctuation.
        private static bool IsCore(char c) =>
            char.IsLetterOrDigit(c) || char.IsSurrogate(c) || char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.NonSpacingMark
            or System.Globalization.UnicodeCategory.SpacingCombiningMark;
    }
}
