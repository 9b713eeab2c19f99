using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace FineTuneWorkflows.Text.Tokenization.Patterns;

/// <summary>
/// Finds a regular expression as tokenizer.json means it: on characters (code points), whereas .NET looks at UTF-16 units. So a character beyond
/// U+FFFF is shown to it as a character of the same general category that no such file names.
/// </summary>
internal sealed class RegexPattern : ITextPattern
{
    // One rare character of each general category that occurs beyond U+FFFF.
    private static readonly Dictionary<UnicodeCategory, char> StandIns = new()
    {
        [UnicodeCategory.UppercaseLetter] = '\uA732',
        [UnicodeCategory.LowercaseLetter] = '\uA733',
        [UnicodeCategory.OtherLetter] = '\uA015',
        [UnicodeCategory.ModifierLetter] = '\uA71B',
        [UnicodeCategory.NonSpacingMark] = '\u1DC0',
        [UnicodeCategory.SpacingCombiningMark] = '\uA8B4',
        [UnicodeCategory.DecimalDigitNumber] = '\uA8D0',
        [UnicodeCategory.LetterNumber] = '\uA6E6',
        [UnicodeCategory.OtherNumber] = '\uA830',
        [UnicodeCategory.DashPunctuation] = '\u2E1A',
        [UnicodeCategory.OtherPunctuation] = '\uA874',
        [UnicodeCategory.MathSymbol] = '\u2A00',
        [UnicodeCategory.CurrencySymbol] = '\uA838',
        [UnicodeCategory.ModifierSymbol] = '\uA700',
        [UnicodeCategory.OtherSymbol] = '\u2800',
        [UnicodeCategory.Format] = '\u2061',
        [UnicodeCategory.PrivateUse] = '\uE000',
        [UnicodeCategory.OtherNotAssigned] = '\uFFF0',
    };

    private readonly Regex _regex;

    /// <exception cref="ArgumentException">The expression is none, or uses what .NET's do not have.</exception>
    public RegexPattern(string expression)
    {
        // Oniguruma counts U+017F among the cases of s; .NET does not.
        var adapted = expression.Replace("(?i:'s|", "(?i:'[s\u017F]|", StringComparison.Ordinal);
        _regex = new Regex(adapted, RegexOptions.CultureInvariant | RegexOptions.Compiled);
    }

    public void Find(ReadOnlySpan<char> text, List<TokenSpan> matches)
    {
        if (text.IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
        {
            foreach (var match in _regex.EnumerateMatches(text)) matches.Add(new TokenSpan(match.Index, match.Index + match.Length));
            return;
        }
        var shown = new char[text.Length];
        var positions = new int[text.Length + 1];
        var length = 0;
        for (var i = 0; i < text.Length;)
        {
            _ = Rune.DecodeFromUtf16(text[i..], out var rune, out var units);
            positions[length] = i;
            shown[length++] = rune.IsBmp ? (char)rune.Value : StandIns[Rune.GetUnicodeCategory(rune)];
            i += units;
        }
        positions[length] = text.Length;
        foreach (var match in _regex.EnumerateMatches(shown.AsSpan(0, length)))
            matches.Add(new TokenSpan(positions[match.Index], positions[match.Index + match.Length]));
    }
}
