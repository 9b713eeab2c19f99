using FineTuneWorkflows.Text.Tokenization.AddedTokens;
using FineTuneWorkflows.Text.Tokenization.Models;

namespace FineTuneWorkflows.Text.Tokenization.Pipeline;

/// <summary>
/// Runs a pipeline for one thread in Hugging Face's order: added tokens are found in the text as it is; what lies between is normalized; more added
/// tokens are found there; the rest is divided into words and these into entries.
/// </summary>
internal sealed class PipelineEncoder(PipelineTokenizer tokenizer) : TextEncoder
{
    private readonly WordEncoder _model = tokenizer.Pipeline.Model.CreateEncoder();
    private readonly AlignedText _text = new(tokenizer.File);
    private readonly AlignedText _stretch = new(tokenizer.File);
    private readonly List<AddedTokenMatch> _raw = [];
    private readonly List<AddedTokenMatch> _normalized = [];

    public override void Encode(ReadOnlySpan<char> text, bool specialTokens, TokenList output)
    {
        _raw.Clear();
        tokenizer.RawMatcher.Find(text, specialTokens, _raw, PlainParts.Count == 0 ? null : IsPlain);
        var at = 0;
        foreach (var (id, start, end) in _raw)
        {
            Stretch(text[at..start], at, specialTokens, output);
            output.Add(id, start, end);
            output.EndWord();
            at = end;
        }
        Stretch(text[at..], at, specialTokens, output);
    }

    private void Stretch(ReadOnlySpan<char> text, int offset, bool specialTokens, TokenList output)
    {
        if (text.IsEmpty) return;
        _text.CancellationToken = CancellationToken;
        _text.Reset(text, offset);
        tokenizer.Pipeline.Normalizer?.Apply(_text);
        _normalized.Clear();
        tokenizer.NormalizedMatcher.Find(_text.Chars, specialTokens, _normalized, PlainParts.Count == 0 ? null : IsPlainOrigin);
        if (_normalized.Count == 0)
        {
            Words(_text, output);
            return;
        }
        var at = 0;
        foreach (var (id, start, end) in _normalized)
        {
            WordsOf(at, start, output);
            var span = _text.Origin(start, end);
            output.Add(id, span.Start, span.End);
            output.EndWord();
            at = end;
        }
        WordsOf(at, _text.Length, output);
    }

    private bool IsPlainOrigin(int start, int end)
    {
        var span = _text.Origin(start, end);
        return IsPlain(span.Start, span.End);
    }

    private void WordsOf(int start, int end, TokenList output)
    {
        if (start == end) return;
        _stretch.Reset(_text, start, end);
        Words(_stretch, output);
    }

    private void Words(AlignedText text, TokenList output)
    {
        tokenizer.Pipeline.PreTokenizer?.Apply(text);
        foreach (var part in text.Parts)
        {
            CancellationToken.ThrowIfCancellationRequested();
            _model.Encode(text, part, output);
            output.EndWord();
        }
    }
}
