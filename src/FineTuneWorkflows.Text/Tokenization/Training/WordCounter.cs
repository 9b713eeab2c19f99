using FineTuneWorkflows.Text.Tokenization.AddedTokens;

namespace FineTuneWorkflows.Text.Tokenization.Training;

/// <summary>Counts the words that BERT's basic tokenizer makes of texts: each word is a piece of its own, with a number given as it is met.</summary>
internal sealed class WordCounter : IWordPieces
{
    private readonly WordPieceEncoder _encoder;
    private readonly TokenList _tokens = new(detailed: false);
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly List<long> _counts = [];
    private readonly List<string> _words = [];

    public WordCounter(WordPieceOptions options)
    {
        _lookup = _numbers.GetAlternateLookup<ReadOnlySpan<char>>();
        _encoder = new WordPieceEncoder(this, options, new AddedTokenMatcher([], t => t.Content), finalSigma: true);
    }

    public int UnknownId => -1;

    /// <summary>The words with their counts, in ordinal order; words that are too long for WordPiece are not among them.</summary>
    public IEnumerable<(string Word, long Count)> Words =>
        Enumerable.Range(0, _words.Count).Select(i => (_words[i], _counts[i])).OrderBy(w => w.Item1, StringComparer.Ordinal);

    public void Add(string text)
    {
        _tokens.Clear();
        _encoder.Encode(text, specialTokens: false, _tokens);
        foreach (var number in _tokens.Ids)
        {
            if (number != UnknownId) _counts[number]++;
        }
    }

    public IReadOnlyList<int> Pieces(ReadOnlySpan<char> word)
    {
        if (_lookup.TryGetValue(word, out var number)) return [number];
        number = _words.Count;
        var text = word.ToString();
        _numbers.Add(text, number);
        _words.Add(text);
        _counts.Add(0);
        return [number];
    }

    public int Length(int id, bool first) => _words[id].Length;
}
