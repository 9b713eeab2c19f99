using System.Text;

namespace FineTuneWorkflows.Text.Tokenization.Patterns;

/// <summary>Finds each character (code point) of a kind.</summary>
internal sealed class RunePattern(Func<Rune, bool> isMatch) : ITextPattern
{
    public void Find(ReadOnlySpan<char> text, List<TokenSpan> matches, CancellationToken cancellationToken)
    {
        for (var i = 0; i < text.Length;)
        {
            _ = Rune.DecodeFromUtf16(text[i..], out var rune, out var length);
            if (isMatch(rune)) matches.Add(new TokenSpan(i, i + length));
            i += length;
        }
    }
}
