using System.Text;

namespace FineTuneWorkflows.Text.Labelling;

/// <summary>Watches words that came divided: how they were, and which of them are several words where a text is divided.</summary>
internal sealed class DivisionObserver
{
    // This many words in a hundred may be longer than a character where each character was made a word.
    private const int StrayPercent = 1;

    private Group _runs, _unspaced;
    private long _words;
    private long _severalByScript, _severalByCharacter;
    private string? _exampleByScript, _exampleByCharacter;

    /// <summary>
    /// How the words were divided: into characters where next to all are one, both in scripts with spaces and in scripts without. Else, or where there are no words, by script.
    /// </summary>
    public WordDivision Shown => _runs.Words + _unspaced.Words > 0 && _runs.AreCharacters && _unspaced.AreCharacters ? WordDivision.Characters : WordDivision.Words;

    /// <summary>Watches the words of a text.</summary>
    public void Add(IReadOnlyList<string> words)
    {
        foreach (var word in words) Add(word);
    }

    /// <summary>What was seen; null where there were no words.</summary>
    /// <param name="division">How a text will be divided.</param>
    public GivenWords? Summary(WordDivision division) => _words == 0 ? null
        : division == WordDivision.Words ? new(_words, _severalByScript, _exampleByScript) : new(_words, _severalByCharacter, _exampleByCharacter);

    private void Add(string word)
    {
        _words++;
        var plain = IsPlain(word);
        var characters = plain ? word.Length : TextWords.Split(word, WordDivision.Characters).Count;
        if (characters > 1)
        {
            _severalByCharacter++;
            _exampleByCharacter ??= word;
        }
        if (!plain && TextWords.Split(word).Count > 1)
        {
            _severalByScript++;
            _exampleByScript ??= word;
        }
        _ = Rune.DecodeFromUtf16(word, out var first, out _);
        // Signs are one character in any data and show nothing.
        if (!Rune.IsLetterOrDigit(first)) return;
        if (UnspacedScripts.Have(first)) _unspaced.Add(characters);
        else _runs.Add(characters);
    }

    private static bool IsPlain(string word)
    {
        foreach (var c in word)
        {
            if (!char.IsAsciiLetterOrDigit(c)) return false;
        }
        return true;
    }

    private struct Group
    {
        private long _longer;

        public long Words { get; private set; }

        public readonly bool AreCharacters => _longer * 100 <= Words * StrayPercent;

        public void Add(int characters)
        {
            Words++;
            if (characters > 1) _longer++;
        }
    }
}
