using System.Globalization;
using System.Text;
using FineTuneWorkflows.Text.Tokenization.Normalization;

namespace FineTuneWorkflows.Text.Tokenization;

/// <summary>
/// Splits texts into words as BERT's basic tokenizer does, in one pass without a copy of the text, and looks the words' pieces up in a cache that
/// asks <see cref="WordPieceModel"/> for what it lacks. Not safe for use by two threads at once: each has its own.
/// </summary>
internal sealed class WordPieceEncoder
{
    /// <summary>Words kept; when there are more, the cache is emptied, which bounds it to about a megabyte.</summary>
    private const int CacheLimit = 8_192;

    private const int MetSlots = 32_768;

    private readonly WordPieceModel _model;
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
    private TokenBuffer _output = null!;
    private int _room;
    private int _lost;
    private int _unknown;

    public WordPieceEncoder(WordPieceModel model, WordPieceOptions options)
    {
        _model = model;
        _lowerCase = options.LowerCase;
        _stripAccents = options.RemovesAccents;
        _splitIdeographs = options.SplitIdeographs;
        _lookup = _cache.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Appends [CLS], the text's tokens as far as they fit, and [SEP].</summary>
    /// <param name="text">The text.</param>
    /// <param name="maxLength">The most tokens to append, at least 2.</param>
    /// <param name="output">Where they go.</param>
    /// <param name="unknown">How many of the appended ones are unknown.</param>
    /// <returns>How many tokens did not fit.</returns>
    public int Encode(ReadOnlySpan<char> text, int maxLength, TokenBuffer output, out int unknown)
    {
        _output = output;
        _room = maxLength - 2;
        _lost = _unknown = 0;
        _wordLength = _wordPoints = 0;
        output.Add(_model.ClassificationId);
        for (var i = 0; i < text.Length;)
        {
            var c = text[i];
            if (c < 128)
            {
                Ascii(c);
                i++;
                continue;
            }
            _ = Rune.DecodeFromUtf16(text[i..], out var r, out var length);
            Beyond(r, text, i);
            i += length;
        }
        EndWord();
        output.Add(_model.SeparatorId);
        unknown = _unknown;
        return _lost;
    }

    private void Ascii(char c)
    {
        if (char.IsAsciiLetterOrDigit(c))
        {
            if (_lowerCase && char.IsAsciiLetterUpper(c)) c = (char)(c | 0x20);
            if (++_wordPoints <= WordPieceModel.MaxWordLength) _word[_wordLength++] = c;
        }
        else if (c is ' ' or '\t' or '\n' or '\r')
        {
            EndWord();
        }
        else if (c is > ' ' and < '\x7F')
        {
            EndWord();
            Emit(_punctuation[c] ??= [.. _model.Pieces([c])]);
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
        if (r.Value == 0x3A3) return new Rune(FinalSigma.IsFinal(text, index, _splitIdeographs) ? 0x3C2 : 0x3C3);
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
        if (++_wordPoints <= WordPieceModel.MaxWordLength) _wordLength += r.EncodeToUtf16(_word.AsSpan(_wordLength));
    }

    private void EndWord()
    {
        if (_wordPoints == 0) return;
        if (_wordPoints > WordPieceModel.MaxWordLength)
        {
            Emit(_model.UnknownId);
        }
        else
        {
            var word = _word.AsSpan(0, _wordLength);
            if (_lookup.TryGetValue(word, out var pieces)) Emit(pieces);
            else EmitUncached(word);
        }
        _wordLength = _wordPoints = 0;
    }

    /// <summary>A word enters the cache when it is met a second time: numbers and names that come once would only push others out.</summary>
    private void EmitUncached(ReadOnlySpan<char> word)
    {
        var pieces = _model.Pieces(word);
        for (var i = 0; i < pieces.Count; i++) Emit(pieces[i]);
        var hash = (uint)string.GetHashCode(word);
        ref var met = ref _met[hash % MetSlots];
        var mark = (ushort)((hash >> 16) | 1);
        if (met != mark)
        {
            met = mark;
            return;
        }
        if (_cache.Count >= CacheLimit) _cache.Clear();
        _cache.Add(word.ToString(), [.. pieces]);
    }

    private void Emit(int[] pieces)
    {
        foreach (var piece in pieces) Emit(piece);
    }

    private void Emit(int id)
    {
        if (_room <= 0)
        {
            _lost++;
            return;
        }
        _room--;
        if (id == _model.UnknownId) _unknown++;
        _output.Add(id);
    }
}
