using FineTuneWorkflows.Text.Tokenization.Patterns;
using FineTuneWorkflows.Text.Tokenization.Pipeline;

namespace FineTuneWorkflows.Text.Tokenization.Normalization;

/// <summary>Replaces each match of a pattern.</summary>
/// <param name="pattern">The pattern.</param>
/// <param name="content">What takes the place of a match.</param>
/// <param name="place">Where it stands in its file, for messages.</param>
internal sealed class ReplaceNormalizer(ITextPattern pattern, string content, string? place = null) : INormalizer
{
    public void Apply(AlignedText text)
    {
        var matches = new List<TokenSpan>();
        pattern.Find(text.Chars, matches, text.CancellationToken);
        if (matches.Count == 0) return;
        text.Step = place is null ? null : $"the normalizer '{place}'";
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
        text.Step = null;
    }
}
