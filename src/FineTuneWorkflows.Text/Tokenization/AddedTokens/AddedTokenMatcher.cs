using System.Globalization;
using System.Text;
using FineTuneWorkflows.Text.Tokenization.Models;

namespace FineTuneWorkflows.Text.Tokenization.AddedTokens;

/// <summary>Finds added tokens in a text: the leftmost, of several there the longest, never overlapping.</summary>
internal sealed class AddedTokenMatcher
{
    private readonly CharacterTree _tree = new();
    private readonly List<(string Pattern, AddedToken Token)> _tokens;

    /// <summary>Creates a matcher.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="pattern">What to look for to find a token.</param>
    public AddedTokenMatcher(IEnumerable<AddedToken> tokens, Func<AddedToken, string> pattern)
    {
        _tokens = [.. tokens.Select(t => (Pattern: pattern(t), Token: t)).Where(t => t.Pattern.Length > 0)];
        // Of equal ones the first counts.
        for (var i = _tokens.Count - 1; i >= 0; i--) _tree.Add(_tokens[i].Pattern, i);
    }

    public bool IsEmpty => _tokens.Count == 0;

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
            if (Longest(text[i..]) is not { } hit)
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

    private (string Pattern, AddedToken Token)? Longest(ReadOnlySpan<char> text)
    {
        var (found, node) = (-1, CharacterTree.Root);
        for (var at = 0; at < text.Length && _tree.TryStep(node, text[at], out node); at++)
        {
            if (_tree.ValueOf(node) is >= 0 and var token) found = token;
        }
        return found < 0 ? null : _tokens[found];
    }

    private static bool EndsWithWord(ReadOnlySpan<char> text) =>
        !text.IsEmpty && Rune.DecodeLastFromUtf16(text, out var r, out _) == System.Buffers.OperationStatus.Done && IsWord(r);

    private static bool StartsWithWord(ReadOnlySpan<char> text) =>
        !text.IsEmpty && Rune.DecodeFromUtf16(text, out var r, out _) == System.Buffers.OperationStatus.Done && IsWord(r);

    private static bool IsWord(Rune r) => Rune.IsLetterOrDigit(r)
        || Rune.GetUnicodeCategory(r) is UnicodeCategory.ConnectorPunctuation or UnicodeCategory.NonSpacingMark
            or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark or UnicodeCategory.LetterNumber;
}
