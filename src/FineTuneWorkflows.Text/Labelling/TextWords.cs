using System.Globalization;
using System.Text;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Text.Labelling;

/// <summary>
/// Divides a text into the words that tags are given to: runs of letters, marks, digits and underscores, and any other character that is no white
/// space by itself. What a model learned on such words must be asked with such words.
/// </summary>
public static class TextWords
{
    /// <summary>The words' places in the text, in their order.</summary>
    /// <param name="text">The text.</param>
    public static IReadOnlyList<TokenSpan> Split(string text) => Split(text, []);

    /// <summary>Turns a text with entities into tagged words; a word is also divided where an entity begins or ends within it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="entities">Its entities.</param>
    /// <returns>The words and a tag for each.</returns>
    /// <exception cref="ArgumentException">An entity lies outside the text or holds nothing but white space, entities overlap, or one begins or ends
    /// within a surrogate pair.</exception>
    public static (IReadOnlyList<string> Words, IReadOnlyList<string> Tags) Tag(string text, IReadOnlyList<EntitySpan> entities)
    {
        var sorted = TokenLabels.Checked(entities, (text ?? throw new ArgumentNullException(nameof(text))).Length);
        foreach (var (start, end, label) in sorted)
        {
            if (IsWithinPair(text, start) || IsWithinPair(text, end))
                throw new ArgumentException($"The entity '{label}' from {start} to {end} begins or ends within a character.", nameof(entities));
        }
        var spans = Split(text, [.. sorted.SelectMany(e => new[] { e.Start, e.End })]);
        var (words, tags) = (new List<string>(), new List<string>());
        var at = 0;
        var begun = -1;
        foreach (var (start, end) in spans)
        {
            while (at < sorted.Count && sorted[at].End <= start) at++;
            words.Add(text[start..end]);
            var inside = at < sorted.Count && sorted[at].Start <= start;
            tags.Add(inside ? (begun == at ? "I-" : "B-") + sorted[at].Label : IobTags.Outside);
            if (inside) begun = at;
        }
        foreach (var (start, end, label) in sorted)
        {
            if (string.IsNullOrWhiteSpace(text[start..end]))
                throw new ArgumentException($"The entity '{label}' from {start} to {end} has no words.", nameof(entities));
        }
        return (words, tags);
    }

    private static List<TokenSpan> Split(string text, HashSet<int> cuts)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = new List<TokenSpan>();
        var start = -1;
        for (var i = 0; i < text.Length;)
        {
            _ = Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var length);
            var inWord = IsWordPart(rune);
            if (start >= 0 && (!inWord || cuts.Contains(i)))
            {
                words.Add(new TokenSpan(start, i));
                start = -1;
            }
            if (inWord && start < 0) start = i;
            if (!inWord && !Rune.IsWhiteSpace(rune)) words.Add(new TokenSpan(i, i + length));
            i += length;
        }
        if (start >= 0) words.Add(new TokenSpan(start, text.Length));
        return words;
    }

    private static bool IsWordPart(Rune rune) => Rune.IsLetterOrDigit(rune) || rune.Value == '_' || Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    private static bool IsWithinPair(string text, int index) =>
        index > 0 && index < text.Length && char.IsLowSurrogate(text[index]) && char.IsHighSurrogate(text[index - 1]);
}
