using System.Text;
using FineTuneWorkflows.Text.Tokenization.Pipeline;

namespace FineTuneWorkflows.Text.Tokenization.Normalization;

/// <summary>Changes a text character by character (code point).</summary>
internal abstract class RuneNormalizer : INormalizer
{
    public void Apply(AlignedText text)
    {
        text.BeginRewrite();
        for (var i = 0; i < text.Length;)
        {
            var valid = Rune.DecodeFromUtf16(text.Chars[i..], out var rune, out var length) == System.Buffers.OperationStatus.Done;
            if (valid) Change(rune, text.Origin(i), text);
            else text.Append('\uFFFD', text.Origin(i));
            i += length;
        }
        text.EndRewrite();
    }

    /// <summary>Appends to the text what takes the character's place.</summary>
    protected abstract void Change(Rune rune, TokenSpan origin, AlignedText text);

    protected static void Append(Rune rune, TokenSpan origin, AlignedText text)
    {
        Span<char> units = stackalloc char[2];
        text.Append(units[..rune.EncodeToUtf16(units)], origin);
    }
}
