using FineTuneWorkflows.Text.Tokenization.Patterns;
using FineTuneWorkflows.Text.Tokenization.Pipeline;

namespace FineTuneWorkflows.Text.Tokenization.PreTokenization;

/// <summary>Divides parts at the matches of a pattern, or, inverted, at what lies between them.</summary>
internal sealed class SplitPreTokenizer(ITextPattern pattern, SplitBehavior behavior, bool invert = false) : IPreTokenizer
{
    public void Apply(AlignedText text)
    {
        var matches = new List<TokenSpan>();
        var pieces = new List<(TokenSpan Span, bool IsMatch)>();
        var parts = new List<TokenSpan>(text.Parts.Count * 2);
        foreach (var part in text.Parts)
        {
            matches.Clear();
            pieces.Clear();
            pattern.Find(text.Chars[part.Start..part.End], matches, text.CancellationToken);
            var at = 0;
            foreach (var (start, end) in matches)
            {
                if (start > at) pieces.Add((new TokenSpan(part.Start + at, part.Start + start), invert));
                if (end > start) pieces.Add((new TokenSpan(part.Start + start, part.Start + end), !invert));
                at = end;
            }
            if (at < part.Length) pieces.Add((new TokenSpan(part.Start + at, part.End), invert));
            Add(pieces, parts);
        }
        text.ReplaceParts(parts);
    }

    private void Add(List<(TokenSpan Span, bool IsMatch)> pieces, List<TokenSpan> parts)
    {
        switch (behavior)
        {
            case SplitBehavior.Isolated:
                foreach (var piece in pieces) parts.Add(piece.Span);
                break;
            case SplitBehavior.Removed:
                foreach (var piece in pieces)
                {
                    if (!piece.IsMatch) parts.Add(piece.Span);
                }
                break;
            case SplitBehavior.Contiguous:
                Join(pieces, parts, static (before, piece) => before == piece);
                break;
            case SplitBehavior.MergedWithPrevious:
                Join(pieces, parts, static (before, piece) => !before && piece);
                break;
            default:
                Join(pieces, parts, static (before, piece) => before && !piece);
                break;
        }
    }

    /// <summary>Adds the pieces; one that belongs to the piece before makes the last part longer.</summary>
    private static void Join(List<(TokenSpan Span, bool IsMatch)> pieces, List<TokenSpan> parts, Func<bool, bool, bool> belongs)
    {
        for (var i = 0; i < pieces.Count; i++)
        {
            if (i > 0 && belongs(pieces[i - 1].IsMatch, pieces[i].IsMatch)) parts[^1] = new TokenSpan(parts[^1].Start, pieces[i].Span.End);
            else parts.Add(pieces[i].Span);
        }
    }
}
