using System.Text;
using FineTuneWorkflows.Text.Tokenization.Pipeline;

namespace FineTuneWorkflows.Text.Tokenization.Normalization;

/// <summary>SentencePiece's cleaning for machine translation: control characters go, other white space and invisible characters become spaces.</summary>
internal sealed class NmtNormalizer : RuneNormalizer
{
    protected override void Change(Rune rune, TokenSpan origin, AlignedText text)
    {
        if (rune.Value is (>= 1 and <= 8) or 0xB or (>= 0xE and <= 0x1F) or 0x7F or 0x8F or 0x9F) return;
        if (rune.Value is 9 or 0xA or 0xC or 0xD or 0x1680 or (>= 0x200B and <= 0x200F) or 0x2028 or 0x2029 or 0x2581 or 0xFEFF or 0xFFFD)
            text.Append(' ', origin);
        else
            Append(rune, origin, text);
    }
}
