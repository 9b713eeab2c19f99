namespace FineTuneWorkflows.Text.Labelling;

/// <summary>Tags of words in the IOB2 scheme (L. Ramshaw and M. Marcus, cmp-lg/9505040): <c>B-</c> begins an entity, <c>I-</c> continues it, <c>O</c> is outside.</summary>
public static class IobTags
{
    /// <summary>The tag of a word outside all entities.</summary>
    public const string Outside = "O";

    /// <summary>Whether a tag is <c>O</c>, or <c>B-</c> or <c>I-</c> with a kind.</summary>
    /// <param name="tag">The tag.</param>
    public static bool IsTag(string tag)
    {
        ArgumentNullException.ThrowIfNull(tag);
        return tag == Outside || (tag.Length > 2 && tag[1] == '-' && tag[0] is 'B' or 'I' && !string.IsNullOrWhiteSpace(tag[2..]));
    }

    /// <summary>The kind of entity that a tag names, or null outside.</summary>
    /// <param name="tag">The tag.</param>
    public static string? KindOf(string tag)
    {
        ArgumentNullException.ThrowIfNull(tag);
        return tag.Length > 2 ? tag[2..] : null;
    }

    /// <summary>All tags of a dataset in their order: <c>O</c>, then <c>B-</c> and <c>I-</c> of each kind, kinds sorted ordinally.</summary>
    /// <param name="tags">Tags that are used.</param>
    public static IReadOnlyList<string> All(IEnumerable<string> tags)
    {
        ArgumentNullException.ThrowIfNull(tags);
        var kinds = tags.Select(KindOf).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        return [Outside, .. kinds.SelectMany(k => new[] { "B-" + k, "I-" + k })];
    }

    /// <summary>For each tag the number that continues it: that of <c>I-</c> for <c>B-</c>, else its own.</summary>
    /// <param name="tags">The tags as <see cref="All"/> gives them.</param>
    internal static int[] Continuations(IReadOnlyList<string> tags) =>
        [.. tags.Select((tag, i) => tag.StartsWith("B-", StringComparison.Ordinal) ? Math.Max(i, Index(tags, "I-" + tag[2..])) : i)];

    /// <summary>The tags with an <c>I-</c> that continues nothing made a <c>B-</c>, as older data (IOB1) needs it.</summary>
    internal static string[] Begun(IReadOnlyList<string> tags)
    {
        var result = new string[tags.Count];
        for (var i = 0; i < result.Length; i++)
        {
            var continues = i > 0 && KindOf(result[i - 1]) == KindOf(tags[i]);
            result[i] = tags[i].StartsWith("I-", StringComparison.Ordinal) && !continues ? "B-" + tags[i][2..] : tags[i];
        }
        return result;
    }

    private static int Index(IReadOnlyList<string> tags, string tag)
    {
        for (var i = 0; i < tags.Count; i++)
        {
            if (tags[i] == tag) return i;
        }
        return -1;
    }
}
