namespace FineTuneWorkflows.Text.Tokenization.Patterns;

/// <summary>Finds a string.</summary>
internal sealed class LiteralPattern(string content) : ITextPattern
{
    public void Find(ReadOnlySpan<char> text, List<TokenSpan> matches, CancellationToken cancellationToken)
    {
        if (content.Length == 0) return;
        for (var at = 0; at < text.Length;)
        {
            var found = text[at..].IndexOf(content, StringComparison.Ordinal);
            if (found < 0) return;
            matches.Add(new TokenSpan(at + found, at + found + content.Length));
            at += found + content.Length;
        }
    }
}
