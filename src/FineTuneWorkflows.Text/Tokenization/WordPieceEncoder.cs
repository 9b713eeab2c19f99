using System.Globalization;
using System.Text;
using FineTuneWorkflows.Text.Tokenization.AddedTokens;
using FineTuneWorkflows.Text.Tokenization.Normalization;

namespace FineTuneWorkflows.Text.Tokenization;

/// <summary>
/// Splits texts into words as BERT's basic tokenizer does, in one pass without a copy of the text, and looks the words' pieces up in a cache that
/// asks <see cref="IWordPieces"/> for what it lacks. Not safe for use by two threads at once: each has its own.
/// </summary>
internal sealed class WordPieceEncoder : TextEncoder
{
    /// <summary>Words kept; when there are more, the cache is emptied, which bounds it to about a megabyte.</summary>
    private const int CacheLimit = 8_192;

    private const int MetSlots = 32_768;

    /// <summary>Characters of a long text after which it is asked whether to go on.</summary>
    private const int CheckEvery = 65_536;

    private readonly IWordPieces _model;
    private readonly bool _finalSigma;
    private readonly bool _lowerCase;
    private readonly bool _stripAccents;
    private readonly bool _splitIdeographs;
    private readonly Dictionary<string, int[]> _cache = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly ushort[] _met = new ushort[MetSlots];
    private readonly int[]?[] _punctuation = new int[128][];
    private readonly char[] _word = new char[(WordPieceModel.MaxWordLength * 2) + 2];
    private int _wordLength;
    private int _wordPoints;
    private readonly TokenSpan[] _origins = new TokenSpan[(WordPieceModel.MaxWordLength * 2) + 2];
    private readonly AddedTokenMatcher _specials;
    private readonly List<AddedTokenMatch> _matches = [];
    private TokenSpan _origin;
    private int _wordStart;
    private int _wordEnd;
    private TokenList _output = null!;

    public WordPieceEncoder(IWordPieces model, WordPieceOptions options, AddedTokenMatcher specials, bool finalSigma)
    {
        _finalSigma = finalSigma;
        _model = model;
        _specials = specials;
        _lowerCase = options.LowerCase;
        _stripAccents = options.RemovesAccents;
        _splitIdeographs = options.SplitIdeographs;
        _lookup = _cache.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public override void Encode(ReadOnlySpan<char> text, bool specialTokens, TokenList output)
    {
        _output = output;
        if (!specialTokens)
        {
            Stretch(text, 0);
            return;
        }
        _matches.Clear();
        _specials.Find(text, specialTokens, _matches, PlainParts.Count == 0 ? null : IsPlain);
        var at = 0;
        foreach (var (id, start, end) in _matches)
        {
            Stretch(text[at..start], at);
            output.Add(id, start, end);
            output.EndWord();
            at = end;
        }
        Stretch(text[at..], at);
    }

    private void Stretch(ReadOnlySpan<char> text, int offset)
    {
        _wordLength = _wordPoints = 0;
        var checkAt = CheckEvery;
        for (var i = 0; i < text.Length;)
        {
            if (i > checkAt)
            {
                CancellationToken.ThrowIfCancellationRequested();
                checkAt = i + CheckEvery;
            }
            var c = text[i];
            if (c < 128)
            {
                _origin = new TokenSpan(offset + i, offset + i + 1);
                Ascii(c);
                i++;
                continue;
            }
            _ = Rune.DecodeFromUtf16(text[i..], out var r, out var length);
            _origin = new TokenSpan(offset + i, offset + i + length);
            Beyond(r, text, i);
            i += length;
        }
        EndWord();
    }

    private void Ascii(char c)
    {
        if (char.IsAsciiLetterOrDigit(c))
        {
            if (_lowerCase && char.IsAsciiLetterUpper(c)) c = (char)(c | 0x20);
            Extend();
            if (_wordPoints > WordPieceModel.MaxWordLength) return;
            _origins[_wordLength] = _origin;
            _word[_wordLength++] = c;
        }
        else if (c is ' ' or '\t' or '\n' or '\r')
        {
            EndWord();
        }
        else if (c is > ' ' and < '\x7F')
        {
            EndWord();
            foreach (var id in _punctuation[c] ??= [.. _model.Pieces([c])]) _output.Add(id, _origin.Start, _origin.End);
            _output.EndWord();
        }
    }

    private void Beyond(Rune r, ReadOnlySpan<char> text, int index)
    {
        var category = Rune.GetUnicodeCategory(r);
        if (BertCharacter.IsDropped(r, category)) return;
        if (BertCharacter.IsSpace(r, category))
        {
            EndWord();
            return;
        }
        var alone = _splitIdeographs && BertCharacter.IsIdeograph(r);
        if (alone) EndWord();
        if (_lowerCase) r = Lower(r, text, index);
        Span<int> hangul = stackalloc int[3];
        var parts = _stripAccents ? CanonicalDecomposition.Of(r, hangul) : default;
        if (parts.IsEmpty) Append(r);
        foreach (var part in parts) Append(new Rune(part));
        if (alone) EndWord();
    }

    private Rune Lower(Rune r, ReadOnlySpan<char> text, int index)
    {
        if (r.Value == 0x3A3) return new Rune(_finalSigma && FinalSigma.IsFinal(text, index, _splitIdeographs) ? 0x3C2 : 0x3C3);
        if (r.Value != 0x130) return Rune.ToLowerInvariant(r);
        // The only character whose lower case is two: a dotted capital I becomes i and a combining dot.
        Append(new Rune('i'));
        return new Rune(0x307);
    }

    private void Append(Rune r)
    {
        var category = Rune.GetUnicodeCategory(r);
        if (_stripAccents && category == UnicodeCategory.NonSpacingMark) return;
        if (BertCharacter.IsPunctuation(r, category))
        {
            EndWord();
            AppendToWord(r);
            EndWord();
            return;
        }
        AppendToWord(r);
    }

    private void AppendToWord(Rune r)
    {
        Extend();
        if (_wordPoints > WordPieceModel.MaxWordLength) return;
        var length = r.EncodeToUtf16(_word.AsSpan(_wordLength));
        _origins.AsSpan(_wordLength, length).Fill(_origin);
        _wordLength += length;
    }

    /// <summary>Counts a character of the word and remembers how far the word goes.</summary>
    private void Extend()
    {
        if (_wordPoints++ == 0) _wordStart = _origin.Start;
        _wordEnd = _origin.End;
    }

    private void EndWord()
    {
        if (_wordPoints == 0) return;
        if (_wordPoints > WordPieceModel.MaxWordLength)
        {
            _output.Add(_model.UnknownId, _wordStart, _wordEnd);
        }
        else
        {
            var word = _word.AsSpan(0, _wordLength);
            Emit(_lookup.TryGetValue(word, out var pieces) ? pieces : Uncached(word));
        }
        _wordLength = _wordPoints = 0;
        _output.EndWord();
    }

    /// <summary>A word enters the cache when it is met a second time: numbers and names that come once would only push others out.</summary>
    private IReadOnlyList<int> Uncached(ReadOnlySpan<char> word)
    {
        var pieces = _model.Pieces(word);
        var hash = (uint)string.GetHashCode(word);
        ref var met = ref _met[hash % MetSlots];
        var mark = (ushort)((hash >> 16) | 1);
        if (met != mark)
        {
            met = mark;
            return pieces;
        }
        if (_cache.Count >= CacheLimit) _cache.Clear();
        _cache.Add(word.ToString(), [.. pieces]);
        return pieces;
    }

    private void Emit(IReadOnlyList<int> pieces)
    {
        if (!_output.Detailed)
        {
            for (var i = 0; i < pieces.Count; i++) _output.Add(pieces[i], 0, 0);
            return;
        }
        var at = 0;
        for (var i = 0; i < pieces.Count; i++)
        {
            // The last piece goes to the word's end, as does the unknown token, which is always alone.
            var end = i == pieces.Count - 1 ? _wordLength : at + _model.Length(pieces[i], first: i == 0);
            _output.Add(pieces[i], _origins[at].Start, i == pieces.Count - 1 ? _wordEnd : _origins[end - 1].End);
            at = end;
        }
    }
}
