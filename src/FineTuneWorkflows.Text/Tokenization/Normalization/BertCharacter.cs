using System.Globalization;
using System.Text;

namespace FineTuneWorkflows.Text.Tokenization.Normalization;

/// <summary>The classes of characters in BERT's basic tokenizer (google-research/bert, tokenization.py, and Hugging Face's BertTokenizer).</summary>
internal static class BertCharacter
{
    /// <summary>
    /// Characters that are dropped: NUL, the replacement character, and control, format and private-use characters but for tab, line feed and
    /// carriage return, which are white space. Private-use ones are dropped by both of Hugging Face's tokenizers, though not by the first BERT code;
    /// unassigned ones by Hugging Face's in Python alone, so they stay, which also keeps ids the same when a later Unicode assigns them.
    /// </summary>
    public static bool IsDropped(Rune r, UnicodeCategory category) =>
        r.Value is 0 or 0xFFFD || (IsOther(category) && r.Value is not ('\t' or '\n' or '\r'));

    /// <summary>Separators of any kind, tab, line feed and carriage return.</summary>
    public static bool IsSpace(Rune r, UnicodeCategory category) =>
        category is UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator || r.Value is '\t' or '\n'
            or '\r';

    /// <summary>Every ASCII character that is neither letter, digit, space nor control, and category Punctuation beyond.</summary>
    public static bool IsPunctuation(Rune r, UnicodeCategory category)
    {
        if (r.IsAscii) return r.Value is (>= 33 and <= 47) or (>= 58 and <= 64) or (>= 91 and <= 96) or (>= 123 and <= 126);
        return category is UnicodeCategory.ConnectorPunctuation or UnicodeCategory.DashPunctuation or UnicodeCategory.OpenPunctuation
            or UnicodeCategory.ClosePunctuation
            or UnicodeCategory.InitialQuotePunctuation or UnicodeCategory.FinalQuotePunctuation or UnicodeCategory.OtherPunctuation;
    }

    /// <summary>CJK ideographs; neither kana nor Hangul.</summary>
    public static bool IsIdeograph(Rune r) => r.Value is
        (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B73F)
        or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B820 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);

    private static bool IsOther(UnicodeCategory category) =>
        category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse;
}
