using System.Globalization;
using System.Text;
using FineTuneWorkflows.Text.Tokenization.Pipeline;

namespace FineTuneWorkflows.Text.Tokenization.Normalization;

/// <summary>Removes marks of every kind, as Hugging Face's StripAccents does; they must have been divided from their letters before.</summary>
internal sealed class StripAccentsNormalizer : RuneNormalizer
{
    protected override void Change(Rune rune, TokenSpan origin, AlignedText text)
    {
        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark)
            return;
        Append(rune, origin, text);
    }
}
