using System.Globalization;
using System.Text;
using FineTuneWorkflows.Text.Tokenization.Pipeline;

namespace FineTuneWorkflows.Text.Tokenization.Normalization;

/// <summary>
/// BERT's normalization as a part of other pipelines than BERT's own, which <see cref="WordPieceTokenizer"/> runs in one pass: cleaning, spaces
/// around ideographs, accents, lower case, in this order.
/// </summary>
internal sealed class BertNormalizer(bool cleanText, bool splitIdeographs, bool stripAccents, bool lowerCase) : RuneNormalizer
{
    protected override void Change(Rune rune, TokenSpan origin, AlignedText text)
    {
        var category = Rune.GetUnicodeCategory(rune);
        if (cleanText)
        {
            if (BertCharacter.IsDropped(rune, category)) return;
            if (BertCharacter.IsSpace(rune, category))
            {
                text.Append(' ', origin);
                return;
            }
        }
        var alone = splitIdeographs && BertCharacter.IsIdeograph(rune);
        if (alone) text.Append(' ', origin);
        Span<int> hangul = stackalloc int[3];
        var parts = stripAccents ? CanonicalDecomposition.Of(rune, hangul) : default;
        if (parts.IsEmpty) Cased(rune, origin, text);
        foreach (var part in parts) Cased(new Rune(part), origin, text);
        if (alone) text.Append(' ', origin);
    }

    private void Cased(Rune rune, TokenSpan origin, AlignedText text)
    {
        if (stripAccents && Rune.GetUnicodeCategory(rune) == UnicodeCategory.NonSpacingMark) return;
        if (lowerCase && rune.Value == 0x130) text.Append("i\u0307", origin);
        else Append(lowerCase ? Rune.ToLowerInvariant(rune) : rune, origin, text);
    }
}
