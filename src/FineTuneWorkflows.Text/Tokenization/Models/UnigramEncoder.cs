using System.Text;
using FineTuneWorkflows.Text.Tokenization.Pipeline;

namespace FineTuneWorkflows.Text.Tokenization.Models;

/// <summary>Divides words by <see cref="UnigramModel"/> for one thread: Viterbi's algorithm, the first of equally good divisions.</summary>
internal sealed class UnigramEncoder(UnigramModel model) : WordEncoder
{
    private const int None = -1;

    private double[] _scores = [];
    private int[] _starts = [];
    private int[] _ids = [];
    private readonly List<(int Start, int End, int Id)> _pieces = [];

    public override void Encode(AlignedText text, TokenSpan part, TokenList output)
    {
        var word = text.Chars[part.Start..part.End];
        Forward(word, text.CancellationToken);
        Backward(word.Length);
        for (var i = _pieces.Count - 1; i >= 0; i--)
        {
            var (start, end, id) = _pieces[i];
            if (id != None)
            {
                Emit(id, start, end, text, part, output);
                continue;
            }
            // Unknown characters that stand together are one token.
            while (i > 0 && _pieces[i - 1].Id == None) end = _pieces[--i].End;
            EmitUnknown(word[start..end], start, end, text, part, output);
        }
    }

    private void EmitUnknown(ReadOnlySpan<char> unknown, int start, int end, AlignedText text, TokenSpan part, TokenList output)
    {
        if (!model.ByteFallback)
        {
            if (model.UnknownId is { } id) Emit(id, start, end, text, part, output);
            return;
        }
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 0; i < unknown.Length;)
        {
            _ = Rune.DecodeFromUtf16(unknown[i..], out var rune, out var units);
            foreach (var b in utf8[..rune.EncodeToUtf8(utf8)]) Emit(model.SingleBytes[b], start + i, start + i + units, text, part, output);
            i += units;
        }
    }

    private static void Emit(int id, int start, int end, AlignedText text, TokenSpan part, TokenList output)
    {
        var span = text.Origin(part.Start + start, part.Start + end);
        output.Add(id, span.Start, span.End);
    }

    private void Forward(ReadOnlySpan<char> word, CancellationToken cancellationToken)
    {
        if (_scores.Length <= word.Length)
        {
            _scores = new double[(word.Length + 1) * 2];
            _starts = new int[_scores.Length];
            _ids = new int[_scores.Length];
        }
        _starts.AsSpan(0, word.Length + 1).Fill(None);
        _scores[0] = 0;
        for (var start = 0; start < word.Length;)
        {
            _ = Rune.DecodeFromUtf16(word[start..], out _, out var units);
            cancellationToken.ThrowIfCancellationRequested();
            var here = _scores[start];
            var single = false;
            var node = 0;
            for (var at = start; at < word.Length && model.TryStep(node, word[at], out node);)
            {
                at++;
                var id = model.EntryOf(node);
                if (id < 0) continue;
                Offer(start, at, here + model.Scores[id], id);
                single |= at - start == units;
            }
            if (!single) Offer(start, start + units, here + model.UnknownScore, None);
            start += units;
        }
    }

    private void Offer(int start, int end, double score, int id)
    {
        if (_starts[end] != None && score <= _scores[end]) return;
        _starts[end] = start;
        _scores[end] = score;
        _ids[end] = id == model.UnknownId ? None : id;
    }

    private void Backward(int length)
    {
        _pieces.Clear();
        for (var end = length; end > 0; end = _starts[end]) _pieces.Add((_starts[end], end, _ids[end]));
    }
}
