namespace FineTuneWorkflows.Text.Tokenization.Pipeline;

/// <summary>
/// A text on its way through normalizers and pre-tokenizers: each character knows which part of the original it came from, and the text is divided
/// into parts. What its steps make of it is bounded, for they come from a file that may come from anywhere. Used again and again by one thread.
/// </summary>
/// <param name="file">The file that says the steps, for messages.</param>
internal sealed class AlignedText(string file)
{
    // Unicode's own normalization makes 18 characters of one; a few more are put before a text.
    private const int MostGrowth = 64, Spared = 4096;

    private char[] _chars = new char[256];
    private TokenSpan[] _origins = new TokenSpan[256];
    private char[] _nextChars = new char[256];
    private TokenSpan[] _nextOrigins = new TokenSpan[256];
    private int _nextLength;
    private int _given;
    private long _most = Spared;
    private readonly List<TokenSpan> _nextParts = [];

    public int Length { get; private set; }

    /// <summary>Ends the work on it.</summary>
    public CancellationToken CancellationToken { get; set; }

    /// <summary>What rewrites the text, as messages name it; null where it cannot make it longer than it may be.</summary>
    public string? Step { get; set; }

    public ReadOnlySpan<char> Chars => _chars.AsSpan(0, Length);

    /// <summary>The parts, in their order; they do not overlap, and what lies between them is no longer part of the text.</summary>
    public List<TokenSpan> Parts { get; private set; } = [];

    /// <summary>The part of the original that a character came from.</summary>
    public TokenSpan Origin(int index) => _origins[index];

    /// <summary>The part of the original that characters came from.</summary>
    public TokenSpan Origin(int start, int end) => new(_origins[start].Start, _origins[end - 1].End);

    /// <summary>Starts over with a stretch of the original, as one part.</summary>
    public void Reset(ReadOnlySpan<char> text, int offset)
    {
        if (_chars.Length < text.Length)
        {
            _chars = new char[text.Length * 2];
            _origins = new TokenSpan[text.Length * 2];
        }
        text.CopyTo(_chars);
        Length = text.Length;
        Bound(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                _origins[i] = _origins[i + 1] = new TokenSpan(offset + i, offset + i + 2);
                i++;
            }
            else
            {
                _origins[i] = new TokenSpan(offset + i, offset + i + 1);
            }
        }
        WholeIsOnePart();
    }

    /// <summary>Starts over with a stretch of another text, as one part.</summary>
    public void Reset(AlignedText other, int start, int end)
    {
        Bound(other._given);
        CancellationToken = other.CancellationToken;
        BeginRewrite();
        for (var i = start; i < end; i++) Append(other._chars[i], other._origins[i]);
        EndRewrite();
    }

    /// <summary>Makes the whole text one part.</summary>
    public void WholeIsOnePart()
    {
        Parts.Clear();
        if (Length > 0) Parts.Add(new TokenSpan(0, Length));
    }

    /// <summary>Starts a rewriting; until <see cref="EndRewrite"/> the old text can be read and the new one appended to.</summary>
    public void BeginRewrite()
    {
        _nextLength = 0;
        _nextParts.Clear();
    }

    /// <summary>How long the new text is so far.</summary>
    public int NextLength => _nextLength;

    /// <summary>Appends a character to the new text.</summary>
    public void Append(char c, TokenSpan origin)
    {
        if (_nextLength >= _most) throw TooLong();
        if (_nextLength == _nextChars.Length)
        {
            CancellationToken.ThrowIfCancellationRequested();
            Array.Resize(ref _nextChars, _nextLength * 2);
            Array.Resize(ref _nextOrigins, _nextLength * 2);
        }
        _nextChars[_nextLength] = c;
        _nextOrigins[_nextLength++] = origin;
    }

    /// <summary>Appends characters of the same origin to the new text.</summary>
    public void Append(ReadOnlySpan<char> characters, TokenSpan origin)
    {
        foreach (var c in characters) Append(c, origin);
    }

    /// <summary>Appends a character of the old text to the new one.</summary>
    public void Keep(int index) => Append(_chars[index], _origins[index]);

    /// <summary>Adds a part of the new text from a position to where the new text ends now; an empty one is left out.</summary>
    public void EndPart(int start)
    {
        if (_nextLength > start) _nextParts.Add(new TokenSpan(start, _nextLength));
    }

    /// <summary>Puts the new text and its parts in the place of the old one; without parts it is one part.</summary>
    public void EndRewrite()
    {
        (_chars, _nextChars) = (_nextChars, _chars);
        (_origins, _nextOrigins) = (_nextOrigins, _origins);
        Length = _nextLength;
        if (_nextParts.Count == 0) WholeIsOnePart();
        else ReplaceParts(_nextParts);
    }

    private void Bound(int given) => (_given, _most, Step) = (given, Math.Min(((long)given * MostGrowth) + Spared, int.MaxValue), null);

    private TextDataException TooLong() =>
        new($"{Step ?? "the normalizer or pre-tokenizer"} makes more than {_most} characters of a text of {_given}", file);

    /// <summary>Puts other parts in the place of the parts.</summary>
    public void ReplaceParts(List<TokenSpan> parts)
    {
        Parts.Clear();
        Parts.AddRange(parts);
    }
}
