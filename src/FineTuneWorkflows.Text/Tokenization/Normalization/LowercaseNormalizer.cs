using System.Text;
using FineTuneWorkflows.Text.Tokenization.Pipeline;

namespace FineTuneWorkflows.Text.Tokenization.Normalization;

/// <summary>Lower-cases character by character, without regard to neighbours: a capital sigma always becomes σ.</summary>
internal sealed class LowercaseNormalizer : RuneNormalizer
{
    protected override void Change(Rune rune, TokenSpan origin, AlignedText text)
    {
        // The only character whose lower case is two: a dotted capital I becomes i and a combining dot.
        if (rune.Value == 0x130) text.Append("i\u0307", origin);
        else Append(Rune.ToLowerInvariant(rune), origin, text);
    }
}
