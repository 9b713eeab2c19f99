using FineTuneWorkflows.Text.Tokenization.Pipeline;

namespace FineTuneWorkflows.Text.Tokenization.Normalization;

/// <summary>Puts something before a text that is not empty.</summary>
internal sealed class PrependNormalizer(string prefix) : INormalizer
{
    public void Apply(AlignedText text)
    {
        if (text.Length == 0) return;
        text.BeginRewrite();
        // As in the reference, what is put there belongs to the first character.
        text.Append(prefix, text.Origin(0));
        for (var i = 0; i < text.Length; i++) text.Keep(i);
        text.EndRewrite();
    }
}
