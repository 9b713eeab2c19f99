namespace FineTuneWorkflows.Learning.Metrics;

/// <summary>An entity among words.</summary>
/// <param name="Kind">Its kind, such as <c>PER</c>.</param>
/// <param name="Start">The place of its first word.</param>
/// <param name="End">The place after its last word.</param>
public readonly record struct EntityChunk(string Kind, int Start, int End)
{
    /// <summary>
    /// The entities that tags mark, as conlleval and seqeval's default mode read them: one begins at <c>B-</c>, and at an <c>I-</c> that has nothing of its
    /// kind before it; it ends before <c>B-</c>, <c>O</c> and another kind (Tjong Kim Sang and Buchholz 2000, "Introduction to the CoNLL-2000 shared task").
    /// </summary>
    /// <param name="tags">A tag for each word: <c>O</c>, <c>B-KIND</c> or <c>I-KIND</c>.</param>
    public static IReadOnlyList<EntityChunk> Of(IReadOnlyList<string> tags)
    {
        ArgumentNullException.ThrowIfNull(tags);
        var chunks = new List<EntityChunk>();
        string? open = null;
        int start = 0;
        for (int i = 0; i <= tags.Count; i++)
        {
            string? kind = i < tags.Count && tags[i].Length > 2 ? tags[i][2..] : null;
            bool goesOn = open is not null && kind == open && tags[i][0] == 'I';
            if (goesOn)
                continue;
            if (open is not null)
                chunks.Add(new EntityChunk(open, start, i));
            (open, start) = (kind, i);
        }
        return chunks;
    }
}
