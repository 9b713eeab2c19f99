using System.Globalization;
using System.Text;

namespace FineTuneWorkflows.Text.Tokenization.AddedTokens;

/// <summary>Finds added tokens in a text: the leftmost, of several there the longest, never overlapping.</summary>
internal sealed class AddedTokenMatcher
{
    private readonly Dictionary<char, (string Pattern, AddedToken Token)[]> _byFirst;

    /// <summary>Creates a matcher.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="pattern">What to look for to find a token.</param>
    public AddedTokenMatcher(IEnumerable<AddedToken> tokens, Func<AddedToken, string> pattern)
    {
        _byFirst = tokens.Select(t => (Pattern: pattern(t), Token: t)).Where(t => t.Pattern.Length > 0).GroupBy(t => t.Pattern[0])
            .ToDictionary(g => g.Key, g => g.OrderByDescending(t => t.Pattern.Length).ToArray());
    }

    public bool IsEmpty => _byFirst.Count == 0;

    /// <summary>Appends the tokens found in a text, from left to right.</summary>
    /// <param name="text">The text.</param>
    /// <param name="specialTokens">Whether special ones are among them.</param>
    /// <param name="found">Where they go.</param>
    /// <param name="isPlain">Says of a stretch that special ones stay text there; null where they do nowhere.</param>
    public void Find(ReadOnlySpan<char> text, bool specialTokens, List<AddedTokenMatch> found, Func<int, int, bool>? isPlain = null)
    {
        if (IsEmpty) return;
        var free = 0;
        for (var i = 0; i < text.Length;)
        {
            if (!_byFirst.TryGetValue(text[i], out var candidates) || Longest(candidates, text[i..]) is not { } hit)
            {
                i++;
                continue;
            }
            var (start, end) = (i, i + hit.Pattern.Length);
            i = end;
            var token = hit.Token;
            if (token.Special && (!specialTokens || isPlain?.Invoke(start, end) == true)) continue;
            if (token.SingleWord && (EndsWithWord(text[..start]) || StartsWithWord(text[end..]))) continue;
            if (token.StripLeft)
            {
                while (start > free && char.IsWhiteSpace(text[start - 1])) start--;
            }
            if (token.StripRight)
            {
                while (end < text.Length && char.IsWhiteSpace(text[end])) end++;
            }
            if (start < free) start = free;
            found.Add(new AddedTokenMatch(token.Id, start, end));
            free = end;
            if (i < end) i = end;
        }
    }

    private static (string Pattern, AddedToken Token)? Longest((string Pattern, AddedToken Token)[] candidates, ReadOnlySpan<char> text)
    {
        foreach (var candidate in candidates)
        {
            if (text.StartsWith(candidate.Pattern, StringComparison.Ordinal)) return candidate;
        }
        return null;
    }

    private static bool EndsWithWord(ReadOnlySpan<char> text) =>
        !text.IsEmpty && Rune.DecodeLastFromUtf16(text, out var r, out _) == System.Buffers.OperationStatus.Done && IsWord(r);

    private static bool StartsWithWord(ReadOnlySpan<char> text) =>
        !text.IsEmpty && Rune.DecodeFromUtf16(text, out var r, out _) == System.Buffers.OperationStatus.Done && IsWord(r);

    private static bool IsWord(Rune r) => Rune.IsLetterOrDigit(r)
        || Rune.GetUnicodeCategory(r) is UnicodeCategory.ConnectorPunctuation or UnicodeCategory.NonSpacingMark
            or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark or UnicodeCategory.LetterNumber;
}
