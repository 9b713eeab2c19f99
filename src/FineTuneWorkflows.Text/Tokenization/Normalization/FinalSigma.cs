using System.Globalization;
using System.Text;

namespace FineTuneWorkflows.Text.Tokenization.Normalization;

/// <summary>
/// The one rule of lower-casing that looks at the neighbours: a capital sigma at the end of a word becomes the final form (Unicode Standard, table
/// 3-17, Final_Sigma), as in the lower-casing that BERT's vocabularies were made with.
/// </summary>
internal static class FinalSigma
{
    /// <summary>
    /// Whether the sigma at <paramref name="index"/> has a cased letter before it and none after it within its stretch between spaces and ideographs.
    /// </summary>
    public static bool IsFinal(ReadOnlySpan<char> text, int index, bool splitIdeographs)
    {
        return CasedBefore(text[..index], splitIdeographs) && !CasedAfter(text[(index + 1)..], splitIdeographs);
    }

    private static bool CasedBefore(ReadOnlySpan<char> text, bool splitIdeographs)
    {
        while (!text.IsEmpty)
        {
            _ = Rune.DecodeLastFromUtf16(text, out var r, out var length);
            if (Decides(r, splitIdeographs) is { } cased) return cased;
            text = text[..^length];
        }
        return false;
    }

    private static bool CasedAfter(ReadOnlySpan<char> text, bool splitIdeographs)
    {
        while (!text.IsEmpty)
        {
            _ = Rune.DecodeFromUtf16(text, out var r, out var length);
            if (Decides(r, splitIdeographs) is { } cased) return cased;
            text = text[length..];
        }
        return false;
    }

    /// <summary>Whether the character is cased, or null where it is to be passed over.</summary>
    private static bool? Decides(Rune r, bool splitIdeographs)
    {
        var category = Rune.GetUnicodeCategory(r);
        if (BertCharacter.IsDropped(r, category)) return null;
        if (BertCharacter.IsSpace(r, category) || (splitIdeographs && BertCharacter.IsIdeograph(r))) return false;
        if (IsCaseIgnorable(r, category)) return null;
        return category is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
            || r.Value is 0xAA or 0xBA or (>= 0x2160 and <= 0x217F) or (>= 0x24B6 and <= 0x24E9) or (>= 0x1F130 and <= 0x1F149)
                or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189);
    }

    private static bool IsCaseIgnorable(Rune r, UnicodeCategory category) =>
        category is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.ModifierLetter
            or UnicodeCategory.ModifierSymbol
        || r.Value is '\'' or '.' or ':' or 0xB7 or 0x387 or 0x55F or 0x5F4 or 0x2018 or 0x2019 or 0x2024 or 0x2027 or 0xFE13 or 0xFE52 or 0xFE55
            or 0xFF07 or 0xFF0E or 0xFF1A;
}
