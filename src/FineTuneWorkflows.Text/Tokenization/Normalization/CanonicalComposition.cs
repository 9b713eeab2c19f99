using System.Collections;
using System.Text;
using FineTuneWorkflows.Text.Tokenization.Pipeline;

namespace FineTuneWorkflows.Text.Tokenization.Normalization;

/// <summary>Texts in Unicode's form NFC, for comparing them; most are known to be in it by a look at each character.</summary>
internal static class CanonicalComposition
{
    private static readonly UnicodeNormalizer Nfc = new(compatibility: false, compose: true);

    /// <summary>The characters of the basic plane that may compose with what is before them, be put in another order, or be written otherwise.</summary>
    private static readonly Lazy<BitArray> Moving = new(FindMoving);

    /// <summary>Whether a text may have another form than its own.</summary>
    public static bool MayChange(ReadOnlySpan<char> text)
    {
        var from = text.IndexOfAnyInRange('\u0300', char.MaxValue);
        if (from < 0) return false;
        var moving = Moving.Value;
        foreach (var c in text[from..])
        {
            if (Moves(c, moving)) return true;
        }
        return false;
    }

    /// <summary>The text in that form.</summary>
    public static string Of(ReadOnlySpan<char> text)
    {
        var moving = Moving.Value;
        var aligned = new AlignedText("Unicode's tables");
        var result = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var start = at;
            while (start < text.Length && !Moves(text[start], moving)) start++;
            var end = start;
            while (end < text.Length && Moves(text[end], moving)) end++;
            if (start == text.Length)
            {
                result.Append(text[at..]);
                break;
            }
            // What moves does so with the character before it, and what follows moves with neither.
            start = Math.Max(at, start - 1);
            result.Append(text[at..start]).Append(Composed(aligned, text[start..end]));
            at = end;
        }
        return result.ToString();
    }

    private static ReadOnlySpan<char> Composed(AlignedText aligned, ReadOnlySpan<char> text)
    {
        aligned.Reset(text, 0);
        Nfc.Apply(aligned);
        return aligned.Chars;
    }

    private static bool Moves(char c, BitArray moving) => c >= 0x300 && moving[c];

    private static BitArray FindMoving()
    {
        var moving = new BitArray(1 << 16);
        Span<int> hangul = stackalloc int[3];
        var aligned = new AlignedText("Unicode's tables");
        for (var c = 0x300; c < moving.Length; c++)
        {
            // What lies beyond the basic plane is rare, and moves so seldom, that all of it is looked at closely.
            if (char.IsSurrogate((char)c) || UnicodeNormalizationData.CombiningClass(c) != 0 || UnicodeNormalizationData.IsSecond(c)) moving[c] = true;
            else if (!CanonicalDecomposition.Of(new Rune(c), hangul).IsEmpty) moving[c] = !Composed(aligned, [(char)c]).SequenceEqual([(char)c]);
        }
        return moving;
    }
}
