using FineTuneWorkflows.Text.Tokenization.Patterns;
using FineTuneWorkflows.Text.Tokenization.Pipeline;

namespace FineTuneWorkflows.Text.Tokenization.Normalization;

/// <summary>Replaces each match of a pattern.</summary>
internal sealed class ReplaceNormalizer(ITextPattern pattern, string content) : INormalizer
{
    public void Apply(AlignedText text)
    {
        var matches = new List<TokenSpan>();
        pattern.Find(text.Chars, matches);
        if (matches.Count == 0) return;
        text.BeginRewrite();
        var at = 0;
        foreach (var (start, end) in matches)
        {
            for (; at < start; at++) text.Keep(at);
            if (end > start) text.Append(content, text.Origin(start, end));
            at = end;
        }
        for (; at < text.Length; at++) text.Keep(at);
        text.EndRewrite();
    }
}
