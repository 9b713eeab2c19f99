using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Text.Labelling;

/// <summary>Gives labels of words or of stretches of a text to the tokens of an encoded row.</summary>
public static class TokenLabels
{
    /// <summary>The label of a token that the loss and the metrics pass over, as in PyTorch's cross entropy.</summary>
    public const int Ignored = -100;

    /// <summary>Spreads words' labels over their tokens.</summary>
    /// <param name="row">The row, encoded by <see cref="Tokenizer.EncodeWords"/>.</param>
    /// <param name="labels">Each word's label number.</param>
    /// <param name="continuation">The label that a word's second and further tokens get when its first has a label; null, the default, leaves them
    /// out. For <c>B-</c> labels give the number of the <c>I-</c> label.</param>
    /// <returns>A label for each token; <see cref="Ignored"/> for special tokens and for tokens that are left out.</returns>
    /// <exception cref="ArgumentException">The row has a word without a label.</exception>
    public static int[] OfWords(EncodedText row, IReadOnlyList<int> labels, Func<int, int>? continuation = null)
    {
        ArgumentNullException.ThrowIfNull(row);
        ArgumentNullException.ThrowIfNull(labels);
        var result = new int[row.Ids.Length];
        var before = -1;
        for (var i = 0; i < result.Length; i++)
        {
            var word = row.WordIds[i];
            if (word >= labels.Count) throw new ArgumentException($"The row has the word {word}, there are {labels.Count} labels.", nameof(labels));
            result[i] = word < 0 ? Ignored : word != before ? labels[word] : continuation?.Invoke(labels[word]) ?? Ignored;
            before = word;
        }
        return result;
    }

    /// <summary>
    /// Marks the tokens of entities in the IOB2 scheme (L. Ramshaw and M. Marcus, cmp-lg/9505040): an entity's first token gets <c>B-</c>, the others
    /// <c>I-</c>, all else <c>O</c>. A token belongs to the entity that it shares most characters with, white space at its ends not counted, of
    /// equal ones the first.
    /// </summary>
    /// <param name="row">The row.</param>
    /// <param name="text">The text that was encoded.</param>
    /// <param name="entities">Its entities; they must not overlap.</param>
    /// <param name="tags">The names of the labels, such as <c>O</c>, <c>B-PER</c>, <c>I-PER</c>; the position is the number.</param>
    /// <returns>A label for each token; <see cref="Ignored"/> for the template's special tokens.</returns>
    /// <exception cref="ArgumentException">A label that is needed is not among <paramref name="tags"/>, an entity lies outside the text, or entities
    /// overlap.</exception>
    public static int[] OfEntities(EncodedText row, string text, IReadOnlyList<EntitySpan> entities, IReadOnlyList<string> tags)
    {
        ArgumentNullException.ThrowIfNull(row);
        ArgumentNullException.ThrowIfNull(text);
        var sorted = Checked(entities, text.Length);
        var outside = Number("O");
        var result = new int[row.Ids.Length];
        var at = 0;
        EntitySpan? last = null;
        for (var i = 0; i < result.Length; i++)
        {
            if (row.SequenceIds[i] != 0)
            {
                result[i] = Ignored;
                continue;
            }
            var span = Trimmed(row.Spans[i], text);
            while (at < sorted.Count && sorted[at].End <= span.Start) at++;
            var entity = Best(sorted, at, span);
            result[i] = entity is null ? outside : Number((ReferenceEquals(entity, last) ? "I-" : "B-") + entity.Label);
            last = entity ?? last;
        }
        return result;

        int Number(string tag)
        {
            for (var i = 0; i < tags.Count; i++)
            {
                if (tags[i] == tag) return i;
            }
            throw new ArgumentException($"The label '{tag}' is not among {string.Join(", ", tags)}.", nameof(tags));
        }
    }

    /// <summary>The entities that labels of tokens mark: a <c>B-</c>, or an <c>I-</c> of another kind than the token before, begins one.</summary>
    /// <param name="row">The row.</param>
    /// <param name="text">The text that was encoded.</param>
    /// <param name="labels">A label number for each token; <see cref="Ignored"/> is passed over.</param>
    /// <param name="tags">The names of the labels.</param>
    public static IReadOnlyList<EntitySpan> ToEntities(EncodedText row, string text, IReadOnlyList<int> labels, IReadOnlyList<string> tags)
    {
        ArgumentNullException.ThrowIfNull(row);
        ArgumentNullException.ThrowIfNull(labels);
        var entities = new List<EntitySpan>();
        EntitySpan? open = null;
        for (var i = 0; i < labels.Count; i++)
        {
            if (labels[i] < 0) continue;
            var tag = tags[labels[i]];
            var kind = tag.Length > 2 ? tag[2..] : "";
            var span = Trimmed(row.Spans[i], text);
            if (open is not null && tag.StartsWith("I-", StringComparison.Ordinal) && kind == open.Label)
            {
                open = open with { End = Math.Max(open.End, span.End) };
                continue;
            }
            if (open is not null) entities.Add(open);
            open = kind.Length > 0 ? new EntitySpan(span.Start, span.End, kind) : null;
        }
        if (open is not null) entities.Add(open);
        return entities;
    }

    internal static List<EntitySpan> Checked(IReadOnlyList<EntitySpan> entities, int length)
    {
        ArgumentNullException.ThrowIfNull(entities);
        var sorted = entities.OrderBy(e => e.Start).ThenBy(e => e.End).ToList();
        for (var i = 0; i < sorted.Count; i++)
        {
            var (start, end, label) = sorted[i];
            if (start < 0 || end <= start || end > length)
                throw new ArgumentException($"The entity '{label}' from {start} to {end} does not lie in a text of {length} characters.", nameof(entities));
            if (i > 0 && start < sorted[i - 1].End)
                throw new ArgumentException($"The entities '{sorted[i - 1].Label}' and '{label}' overlap at {start}.", nameof(entities));
        }
        return sorted;
    }

    private static EntitySpan? Best(List<EntitySpan> sorted, int from, TokenSpan span)
    {
        EntitySpan? best = null;
        var most = 0;
        for (var i = from; i < sorted.Count && sorted[i].Start < span.End; i++)
        {
            var shared = Math.Min(span.End, sorted[i].End) - Math.Max(span.Start, sorted[i].Start);
            if (shared <= most) continue;
            (best, most) = (sorted[i], shared);
        }
        return best;
    }

    private static TokenSpan Trimmed(TokenSpan span, string text)
    {
        var (start, end) = span;
        while (start < end && char.IsWhiteSpace(text[start])) start++;
        while (end > start && char.IsWhiteSpace(text[end - 1])) end--;
        return new TokenSpan(start, end);
    }
}
