using System.Globalization;
using System.Text;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Text.Labelling;

/// <summary>
/// Divides a text into the words that tags are given to, by the text alone: what a model learned on such words is measured on and asked with such words.
/// <list type="bullet">
/// <item>In scripts that write spaces, a run of letters, marks, digits and underscores is a word.</item>
/// <item>In scripts that do not (Han, kana, Thai, Lao, Khmer, Myanmar, Tibetan and others), each user-perceived character is one: a grapheme cluster
/// (UAX #29), so that a vowel sign stays with its consonant.</item>
/// <item>Any other character is a word by itself, emoji with all that belongs to them.</item>
/// <item>White space and invisible format characters are none; the latter do not divide a run, but for the zero-width space.</item>
/// </list>
/// With <see cref="WordDivision.Characters"/> each user-perceived character is a word, whatever the script.
/// </summary>
public static class TextWords
{
    private enum Part
    {
        Space,
        Invisible,
        Run,
        Alone,
    }

    /// <summary>The words' places in the text, in their order.</summary>
    /// <param name="text">The text.</param>
    /// <param name="division">How it is divided. Default: by script.</param>
    public static IReadOnlyList<TokenSpan> Split(string text, WordDivision division = WordDivision.Words)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = new List<TokenSpan>();
        var (start, end) = (-1, -1);
        for (var i = 0; i < text.Length;)
        {
            // A mark after a space belongs to it as a cluster, but not here.
            var length = char.IsWhiteSpace(text[i]) ? 1 : StringInfo.GetNextTextElementLength(text, i);
            var part = PartOf(text.AsSpan(i, length));
            if (part == Part.Run && division == WordDivision.Characters) part = Part.Alone;
            if (part is Part.Space or Part.Alone) EndRun();
            if (part == Part.Alone) words.Add(new TokenSpan(i, i + length));
            if (part == Part.Run)
            {
                if (start < 0) start = i;
                end = i + length;
            }
            i += length;
        }
        EndRun();
        return words;

        void EndRun()
        {
            if (start >= 0) words.Add(new TokenSpan(start, end));
            start = -1;
        }
    }

    /// <summary>Turns a text with entities into tagged words. Which words there are does not depend on the entities.</summary>
    /// <param name="text">The text.</param>
    /// <param name="entities">Its entities, in UTF-16 characters.</param>
    /// <param name="division">How the text is divided. Default: by script.</param>
    /// <param name="policy">What becomes of entities that begin or end inside a word. Default: they are widened. <see cref="MisalignedSpans.Refuse"/> leaves the refusing to
    /// the caller, who is told them.</param>
    /// <returns>The words and a tag for each.</returns>
    /// <exception cref="ArgumentException">An entity lies outside the text or has no word, as one of white space, or entities overlap.</exception>
    public static TaggedWords Tag(
        string text, IReadOnlyList<EntitySpan> entities, WordDivision division = WordDivision.Words, MisalignedSpans policy = MisalignedSpans.Widen)
    {
        var spans = Split(text, division);
        var sorted = EntitySpan.Checked(entities, text.Length);
        var misaligned = sorted.Where(entity => !IsAligned(entity, spans)).ToList();
        var kept = policy == MisalignedSpans.Widen ? sorted : sorted.Except(misaligned).ToList();
        var owners = Owners(spans, kept);
        var tags = new string[spans.Count];
        for (var i = 0; i < tags.Length; i++)
            tags[i] = owners[i] is not { } owner ? IobTags.Outside : (i > 0 && ReferenceEquals(owners[i - 1], owner) ? "I-" : "B-") + owner.Label;
        var lost = sorted.Count - owners.OfType<EntitySpan>().Distinct(ReferenceEqualityComparer.Instance).Count();
        return new([.. spans.Select(s => text[s.Start..s.End])], tags, misaligned, misaligned.Count - lost, lost);
    }

    /// <summary>The places of words in the text that they are slices of, in their order with nothing but white space and invisible characters between.</summary>
    /// <param name="text">The text.</param>
    /// <param name="words">The words.</param>
    /// <returns>The places; null where the words are not the text's.</returns>
    public static IReadOnlyList<TokenSpan>? Locate(string text, IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(words);
        var places = new TokenSpan[words.Count];
        var at = 0;
        for (var i = 0; i < places.Length; i++)
        {
            var start = text.IndexOf(words[i], at, StringComparison.Ordinal);
            if (words[i].Length == 0 || start < 0 || !IsGap(text.AsSpan(at, start - at))) return null;
            at = start + words[i].Length;
            places[i] = new TokenSpan(start, at);
        }
        return IsGap(text.AsSpan(at)) ? places : null;
    }

    /// <summary>The text of words: with a space between two, but not between characters of scripts that write none, nor anywhere where each character was made a word.</summary>
    /// <param name="words">The words.</param>
    /// <param name="division">How the words were divided.</param>
    public static string Join(IEnumerable<string> words, WordDivision division = WordDivision.Words)
    {
        ArgumentNullException.ThrowIfNull(words);
        if (division == WordDivision.Characters) return string.Concat(words);
        var text = new StringBuilder();
        foreach (var word in words)
        {
            if (text.Length > 0 && !(IsJoined(LastOf(text)) && IsJoined(FirstOf(word)))) text.Append(' ');
            text.Append(word);
        }
        return text.ToString();
    }

    private static Part PartOf(ReadOnlySpan<char> cluster)
    {
        // What an invisible character is prepended to makes the cluster what it is.
        var rune = FirstVisible(cluster);
        if (Rune.IsLetterOrDigit(rune) || rune.Value == '_' || Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark)
            return IsUnspaced(rune) || IsKeycap(cluster) ? Part.Alone : Part.Run;
        // The zero-width space divides words where no space is seen.
        if (Rune.IsWhiteSpace(rune) || rune.Value == 0x200B) return Part.Space;
        return IsInvisible(rune) ? Part.Invisible : Part.Alone;
    }

    private static Rune FirstVisible(ReadOnlySpan<char> cluster)
    {
        foreach (var rune in cluster.EnumerateRunes())
        {
            if (!IsInvisible(rune)) return rune;
        }
        _ = Rune.DecodeFromUtf16(cluster, out var first, out _);
        return first;
    }

    private static bool IsInvisible(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.Control && !Rune.IsWhiteSpace(rune);

    private static bool IsKeycap(ReadOnlySpan<char> cluster) => cluster.Length > 1 && cluster[^1] == '\u20E3';

    private static bool IsUnspaced(Rune rune) => UnspacedScripts.Have(rune);

    // The punctuation of these scripts, full-width signs included, is written without spaces as well.
    private static bool IsJoined(Rune rune) => IsUnspaced(rune) || rune.Value is (>= 0x3000 and <= 0x303F) or (>= 0xFF00 and <= 0xFF65);

    private static Rune FirstOf(string word) => Rune.DecodeFromUtf16(word, out var rune, out _) == System.Buffers.OperationStatus.Done ? rune : Rune.ReplacementChar;

    private static Rune LastOf(StringBuilder text)
    {
        Span<char> end = stackalloc char[2];
        var length = Math.Min(2, text.Length);
        for (var i = 0; i < length; i++) end[i] = text[text.Length - length + i];
        _ = Rune.DecodeLastFromUtf16(end[..length], out var rune, out _);
        return rune;
    }

    private static bool IsGap(ReadOnlySpan<char> text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (!Rune.IsWhiteSpace(rune) && !IsInvisible(rune)) return false;
        }
        return true;
    }

    /// <summary>Whether an entity holds each of its words whole; white space at its ends does not count.</summary>
    private static bool IsAligned(EntitySpan entity, IReadOnlyList<TokenSpan> words)
    {
        var any = false;
        for (var i = FirstWithin(entity.Start, words); i < words.Count && words[i].Start < entity.End; i++)
        {
            if (words[i].Start < entity.Start || words[i].End > entity.End) return false;
            any = true;
        }
        return any ? true : throw new ArgumentException($"The entity '{entity.Label}' from {entity.Start} to {entity.End} has no words.", nameof(entity));
    }

    /// <summary>For each word the entity that has most of it, of equal ones the first; null where none has any.</summary>
    private static EntitySpan?[] Owners(IReadOnlyList<TokenSpan> words, List<EntitySpan> sorted)
    {
        var owners = new EntitySpan?[words.Count];
        var most = new int[words.Count];
        foreach (var entity in sorted)
        {
            for (var i = FirstWithin(entity.Start, words); i < words.Count && words[i].Start < entity.End; i++)
            {
                var shared = Math.Min(words[i].End, entity.End) - Math.Max(words[i].Start, entity.Start);
                if (shared > most[i]) (owners[i], most[i]) = (entity, shared);
            }
        }
        return owners;
    }

    /// <summary>The first word that ends after a place.</summary>
    private static int FirstWithin(int place, IReadOnlyList<TokenSpan> words)
    {
        var (low, high) = (0, words.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (words[middle].End > place) high = middle;
            else low = middle + 1;
        }
        return low;
    }
}
