using System.Text;
using FineTuneWorkflows.Text.Tokenization.Pipeline;

namespace FineTuneWorkflows.Text.Tokenization.Models;

/// <summary>Divides words by <see cref="BytePairModel"/> for one thread.</summary>
internal sealed class BytePairEncoder(BytePairModel model) : WordEncoder
{
    private const int CacheLimit = 16_384;
    private const int CachedLength = 64;

    private readonly Dictionary<string, BytePairWord> _cache = new(StringComparer.Ordinal);
    private readonly BytePairMerger _merger = new(model);
    private readonly int[] _ascii = [.. Enumerable.Range(0, 128).Select(c => model.Find([(char)c]))];

    public override void Encode(AlignedText text, TokenSpan part, TokenList output)
    {
        var word = text.Chars[part.Start..part.End];
        BytePairWord? found;
        if (word.Length > CachedLength)
        {
            found = Divide(word, text.CancellationToken);
        }
        else if (!_cache.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(word, out found))
        {
            found = Divide(word, text.CancellationToken);
            if (_cache.Count >= CacheLimit) _cache.Clear();
            _cache.Add(word.ToString(), found);
        }
        if (output.Detailed) EmitDetailed(found, text, part, output);
        else foreach (var id in found.Ids) if (id >= 0) output.Add(id, 0, 0);
    }

    private static void EmitDetailed(BytePairWord word, AlignedText text, TokenSpan part, TokenList output)
    {
        var (at, byteAt) = (part.Start, 0);
        var bytes = 0;
        for (var i = 0; i < word.Ids.Length; i++)
        {
            // From the character that holds the first byte to the one that holds the last.
            var start = Seek(text, part.End, bytes, ref at, ref byteAt);
            var (lastAt, lastByteAt) = (at, byteAt);
            bytes = word.Ends[i];
            var last = Seek(text, part.End, bytes - 1, ref lastAt, ref lastByteAt);
            (at, byteAt) = (lastAt, lastByteAt);
            _ = Rune.DecodeFromUtf16(text.Chars[last..part.End], out _, out var units);
            if (word.Ids[i] < 0) continue;
            var span = text.Origin(start, last + units);
            output.Add(word.Ids[i], span.Start, span.End);
        }
    }

    /// <summary>The character that holds a byte, looked for from a character on whose first byte is known.</summary>
    private static int Seek(AlignedText text, int end, int wanted, ref int at, ref int byteAt)
    {
        while (true)
        {
            _ = Rune.DecodeFromUtf16(text.Chars[at..end], out var rune, out var units);
            if (byteAt + rune.Utf8SequenceLength > wanted) return at;
            byteAt += rune.Utf8SequenceLength;
            at += units;
        }
    }

    private BytePairWord Divide(ReadOnlySpan<char> word, CancellationToken cancellationToken)
    {
        var options = model.Options;
        if (options.WholeWordsFirst)
        {
            var whole = options.ByteLevel ? model.Find(ByteAlphabet.Write(word)) : model.Find(word);
            if (whole >= 0) return new BytePairWord([whole], [Encoding.UTF8.GetByteCount(word)]);
        }
        _merger.Clear();
        if (options.ByteLevel) AddBytes(word);
        else AddCharacters(word);
        return _merger.Merge(cancellationToken);
    }

    private void AddBytes(ReadOnlySpan<char> word)
    {
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 0; i < word.Length;)
        {
            _ = Rune.DecodeFromUtf16(word[i..], out var rune, out var units);
            i += units;
            foreach (var b in utf8[..rune.EncodeToUtf8(utf8)])
            {
                if (model.SingleBytes[b] is >= 0 and var id) _merger.Add(id, 1);
                else _merger.AddUnknown(1);
            }
        }
    }

    private void AddCharacters(ReadOnlySpan<char> word)
    {
        var options = model.Options;
        var plain = options.Prefix.Length == 0 && options.Suffix.Length == 0;
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 0; i < word.Length;)
        {
            var valid = Rune.DecodeFromUtf16(word[i..], out var rune, out var units) == System.Buffers.OperationStatus.Done;
            var symbol = valid ? word.Slice(i, units) : "\uFFFD";
            var id = !plain ? model.Find(Affixed(symbol, i == 0, i + units == word.Length))
                : rune.IsAscii ? _ascii[rune.Value] : model.Find(symbol);
            i += units;
            if (id >= 0)
            {
                _merger.Add(id, rune.Utf8SequenceLength);
            }
            else if (options.ByteFallback && model.HasAllBytes)
            {
                foreach (var b in utf8[..rune.EncodeToUtf8(utf8)]) _merger.Add(model.SingleBytes[b], 1);
            }
            else
            {
                _merger.AddUnknown(rune.Utf8SequenceLength);
            }
        }
    }

    private string Affixed(ReadOnlySpan<char> symbol, bool first, bool last) =>
        string.Concat(first ? "" : model.Options.Prefix, symbol, last ? model.Options.Suffix : "");
}
