namespace FineTuneWorkflows.Text.Tokenization;

/// <summary>
/// A growing list of tokens that is used again and again. A detailed one also keeps what each token stands for; a plain one only ids, which is
/// faster.
/// </summary>
internal sealed class TokenList(bool detailed)
{
    private int[] _ids = new int[256];
    private TokenSpan[] _spans = detailed ? new TokenSpan[256] : [];
    private int[] _words = detailed ? new int[256] : [];
    private int[] _types = detailed ? new int[256] : [];
    private int[] _sequences = detailed ? new int[256] : [];

    public int Count { get; private set; }

    /// <summary>Whether spans, words, types and sequences are kept.</summary>
    public bool Detailed => detailed;

    /// <summary>Tokens beyond this many are counted in <see cref="Lost"/> and not kept.</summary>
    public int Limit { get; set; } = int.MaxValue;

    public int Lost { get; private set; }

    /// <summary>The number of the word that tokens now belong to.</summary>
    public int Word { get; set; }

    /// <summary>Whether words were given, so that <see cref="EndWord"/> changes nothing.</summary>
    public bool FixWords { get; set; }

    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Count);

    public ReadOnlySpan<TokenSpan> Spans => _spans.AsSpan(0, Count);

    public ReadOnlySpan<int> Words => _words.AsSpan(0, Count);

    public ReadOnlySpan<int> Types => _types.AsSpan(0, Count);

    public ReadOnlySpan<int> Sequences => _sequences.AsSpan(0, Count);

    public void Clear()
    {
        Count = Lost = Word = 0;
    }

    /// <summary>What comes next belongs to the next word.</summary>
    public void EndWord()
    {
        if (!FixWords) Word++;
    }

    /// <summary>Appends a token of the current word.</summary>
    public void Add(int id, int start, int end)
    {
        if (Count >= Limit)
        {
            Lost++;
            return;
        }
        if (Count == _ids.Length) Grow();
        _ids[Count] = id;
        if (detailed)
        {
            _spans[Count] = new TokenSpan(start, end);
            _words[Count] = Word;
        }
        Count++;
    }

    /// <summary>Appends a special token of the template.</summary>
    public void AddSpecial(int id, int type)
    {
        var at = Count;
        Add(id, 0, 0);
        if (!detailed) return;
        _words[at] = _sequences[at] = -1;
        _types[at] = type;
    }

    /// <summary>Appends the first tokens of another list.</summary>
    public void AddRange(TokenList source, int count, int type, int sequence)
    {
        while (_ids.Length < Count + count) Grow();
        source.Ids[..count].CopyTo(_ids.AsSpan(Count));
        if (detailed)
        {
            source.Spans[..count].CopyTo(_spans.AsSpan(Count));
            source.Words[..count].CopyTo(_words.AsSpan(Count));
            _types.AsSpan(Count, count).Fill(type);
            _sequences.AsSpan(Count, count).Fill(sequence);
        }
        Count += count;
    }

    /// <summary>Moves the ends of the spans from a position on inwards past spaces, as the byte-level families want it.</summary>
    public void TrimSpans(int from, ReadOnlySpan<char> text)
    {
        if (!detailed) return;
        for (var i = from; i < Count; i++)
        {
            var (start, end) = _spans[i];
            while (start < end && text[start] == ' ') start++;
            while (start < end && text[end - 1] == ' ') end--;
            _spans[i] = new TokenSpan(start, end);
        }
    }

    private void Grow()
    {
        var size = _ids.Length * 2;
        Array.Resize(ref _ids, size);
        if (!detailed) return;
        Array.Resize(ref _spans, size);
        Array.Resize(ref _words, size);
        Array.Resize(ref _types, size);
        Array.Resize(ref _sequences, size);
    }
}
