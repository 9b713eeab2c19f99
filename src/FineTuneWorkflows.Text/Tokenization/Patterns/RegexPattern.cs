using System.Diagnostics;
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

    /// <summary>The longest expression of a file, in characters; those of the known families have a few hundred.</summary>
    internal const int Longest = 10_000;

    private static readonly TimeSpan UsualPatience = TimeSpan.FromSeconds(1);

    private readonly Regex _regex;
    private readonly FileOrigin? _origin;

    /// <summary>Creates a pattern of this project's own.</summary>
    public RegexPattern(string expression) => _regex = new Regex(Adapted(expression), RegexOptions.CultureInvariant | RegexOptions.Compiled);

    /// <summary>
    /// Creates a pattern that a file brings along, which may come from anywhere: a match may take so long and no longer. .NET's engine that does not backtrack is not used: it finds other
    /// matches (seen in 10.0 with <c> ?[^\s!]+</c> on <c>b  !- d1</c>, where it passes the <c>-</c> over).
    /// </summary>
    /// <param name="expression">The expression.</param>
    /// <param name="place">Where it stands in its file.</param>
    /// <param name="file">The file.</param>
    /// <param name="patience">What one match may take; null for a second. All matches of a text may take as long, and a second for each 100,000 characters.</param>
    /// <exception cref="ArgumentException">The expression is none, uses what .NET's do not have, or is too long.</exception>
    public RegexPattern(string expression, string place, string file, TimeSpan? patience = null)
    {
        if (expression.Length > Longest) throw new ArgumentException($"it has more than {Longest} characters");
        _origin = new FileOrigin(expression, place, file, patience ?? UsualPatience);
        _regex = new Regex(Adapted(expression), RegexOptions.CultureInvariant | RegexOptions.Compiled, _origin.Patience);
    }

    /// <exception cref="TextDataException">The search takes too long; names the file and the expression.</exception>
    public void Find(ReadOnlySpan<char> text, List<TokenSpan> matches, CancellationToken cancellationToken)
    {
        if (_origin is null)
        {
            Search(text, matches, long.MaxValue, cancellationToken);
            return;
        }
        var (from, patience) = (matches.Count, _origin.Patience);
        // Once more, for it may have been the machine that was busy with something else.
        for (var again = true; ; again = false)
        {
            try
            {
                Search(text, matches, (long)((patience.TotalSeconds + (text.Length / 100_000.0)) * Stopwatch.Frequency), cancellationToken);
                return;
            }
            catch (RegexMatchTimeoutException e)
            {
                cancellationToken.ThrowIfCancellationRequested();
                matches.RemoveRange(from, matches.Count - from);
                if (!again) throw _origin.TooSlow(text.Length, e);
            }
        }
    }

    /// <summary>Searches through a text for this many ticks of the stop watch at most.</summary>
    /// <exception cref="RegexMatchTimeoutException">It takes longer.</exception>
    private void Search(ReadOnlySpan<char> text, List<TokenSpan> matches, long most, CancellationToken cancellationToken)
    {
        var begin = Stopwatch.GetTimestamp();
        if (text.IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
        {
            foreach (var match in _regex.EnumerateMatches(text))
            {
                Continue();
                matches.Add(new TokenSpan(match.Index, match.Index + match.Length));
            }
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
        {
            Continue();
            matches.Add(new TokenSpan(positions[match.Index], positions[match.Index + match.Length]));
        }

        void Continue()
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (most != long.MaxValue && Stopwatch.GetTimestamp() - begin > most) throw new RegexMatchTimeoutException();
        }
    }

    // Oniguruma counts U+017F among the cases of s; .NET does not.
    private static string Adapted(string expression) => expression.Replace("(?i:'s|", "(?i:'[s\u017F]|", StringComparison.Ordinal);

    private sealed record FileOrigin(string Expression, string Place, string File, TimeSpan Patience)
    {
        public TextDataException TooSlow(int length, Exception inner) =>
            new($"'{Place}' is a regular expression that takes too long on a text of {length} characters: {(Expression.Length > 100 ? Expression[..100] + "..." : Expression)}", File, inner: inner);
    }
}
