using System.Runtime.InteropServices;
using System.Text;

namespace FineTuneWorkflows.Text.Tokenization.Training;

/// <summary>
/// Words as sequences of pieces, in which the pair that stands there most often becomes one piece, again and again (R. Sennrich et al.,
/// arXiv:1508.07909). Of equally frequent pairs the one with the lower numbers comes first, so the outcome does not depend on the words' order.
/// </summary>
internal sealed class PieceMerger
{
    private readonly List<string> _entries;
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly List<int[]> _words = [];
    private readonly List<long> _wordCounts = [];
    private readonly Dictionary<(int, int), PairUse> _pairs = [];
    private readonly PriorityQueue<(int, int), (long NegativeCount, int First, int Second)> _queue = new();

    private readonly List<(string Left, string Right)> _merges = [];
    private readonly string _continuation;

    /// <summary>Starts with single characters.</summary>
    /// <param name="entries">The entries there are already.</param>
    /// <param name="continuation">What entries within a word begin with.</param>
    public PieceMerger(IEnumerable<string> entries, string continuation = "##")
    {
        _continuation = continuation;
        _entries = [.. entries];
        for (var i = 0; i < _entries.Count; i++) _ids.Add(_entries[i], i);
    }

    /// <summary>The entries in the order in which they were made.</summary>
    public IReadOnlyList<string> Entries => _entries;

    /// <summary>The pairs that became one piece, in their order.</summary>
    public IReadOnlyList<(string Left, string Right)> Merges => _merges;

    /// <summary>Adds a word whose characters all have entries.</summary>
    public void Add(string word, long count)
    {
        var pieces = new List<int>(word.Length);
        foreach (var r in word.EnumerateRunes()) pieces.Add(_ids[(pieces.Count == 0 ? "" : _continuation) + r]);
        if (pieces.Count < 2) return;
        var number = _words.Count;
        _words.Add([.. pieces]);
        _wordCounts.Add(count);
        for (var i = 1; i < pieces.Count; i++) Use((pieces[i - 1], pieces[i]), count, number);
    }

    /// <summary>Merges until there are as many entries as wanted or no pair is frequent enough.</summary>
    public void Merge(int size, long minFrequency, CancellationToken cancellationToken)
    {
        foreach (var (pair, use) in _pairs) Enqueue(pair, use.Count);
        while (_entries.Count < size && _queue.TryDequeue(out var pair, out var priority))
        {
            cancellationToken.ThrowIfCancellationRequested();
            // A pair may stand in the queue more than once: what became one piece is gone.
            if (!_pairs.TryGetValue(pair, out var use)) continue;
            if (use.Count != -priority.NegativeCount)
            {
                // Its count changed since it was put there: it goes back with what it has now.
                if (use.Count >= minFrequency) Enqueue(pair, use.Count);
                continue;
            }
            if (use.Count < minFrequency) break;
            MergePair(pair, use);
        }
    }

    private void MergePair((int First, int Second) pair, PairUse use)
    {
        var name = _entries[pair.First] + _entries[pair.Second][_continuation.Length..];
        _merges.Add((_entries[pair.First], _entries[pair.Second]));
        ref var id = ref CollectionsMarshal.GetValueRefOrAddDefault(_ids, name, out var exists);
        if (!exists)
        {
            id = _entries.Count;
            _entries.Add(name);
        }
        var merged = id;
        var raised = new HashSet<(int, int)>();
        foreach (var number in use.Words) Replace(number, pair, merged, raised);
        _pairs.Remove(pair);
        foreach (var changed in raised) Enqueue(changed, _pairs[changed].Count);
    }

    private void Replace(int number, (int First, int Second) pair, int merged, HashSet<(int, int)> raised)
    {
        var word = _words[number];
        if (!Contains(word, pair)) return;
        var count = _wordCounts[number];
        var shorter = new List<int>(word.Length);
        for (var i = 0; i < word.Length; i++)
        {
            var match = i + 1 < word.Length && word[i] == pair.First && word[i + 1] == pair.Second;
            shorter.Add(match ? merged : word[i]);
            if (match) i++;
        }
        for (var i = 1; i < word.Length; i++) _pairs[(word[i - 1], word[i])].Count -= count;
        for (var i = 1; i < shorter.Count; i++)
        {
            var now = (shorter[i - 1], shorter[i]);
            Use(now, count, number);
            if (now.Item1 == merged || now.Item2 == merged) raised.Add(now);
        }
        _words[number] = [.. shorter];
    }

    private static bool Contains(int[] word, (int First, int Second) pair)
    {
        for (var i = 1; i < word.Length; i++)
        {
            if (word[i - 1] == pair.First && word[i] == pair.Second) return true;
        }
        return false;
    }

    private void Use((int, int) pair, long count, int word)
    {
        ref var use = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairs, pair, out _);
        use ??= new PairUse();
        use.Count += count;
        use.Words.Add(word);
    }

    private void Enqueue((int First, int Second) pair, long count) => _queue.Enqueue(pair, (-count, pair.First, pair.Second));

    private sealed class PairUse
    {
        public long Count { get; set; }

        /// <summary>Words that have, or once had, the pair.</summary>
        public HashSet<int> Words { get; } = [];
    }
}
