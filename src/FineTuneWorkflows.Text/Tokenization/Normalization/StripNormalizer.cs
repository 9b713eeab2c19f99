using FineTuneWorkflows.Text.Tokenization.Pipeline;

namespace FineTuneWorkflows.Text.Tokenization.Normalization;

/// <summary>Removes white space at the ends.</summary>
internal sealed class StripNormalizer(bool left, bool right) : INormalizer
{
    public void Apply(AlignedText text)
    {
        var (start, end) = (0, text.Length);
        while (left && start < end && char.IsWhiteSpace(text.Chars[start])) start++;
        while (right && start < end && char.IsWhiteSpace(text.Chars[end - 1])) end--;
        if (start == 0 && end == text.Length) return;
        text.BeginRewrite();
        for (var i = start; i < end; i++) text.Keep(i);
        text.EndRewrite();
    }
}
