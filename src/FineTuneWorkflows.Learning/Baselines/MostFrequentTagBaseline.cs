namespace FineTuneWorkflows.Learning.Baselines;

/// <summary>Each word gets the tag that it has most often in the training data, an unknown word <c>O</c>: the least that a tagger must be better than.</summary>
public sealed class MostFrequentTagBaseline
{
    private const string Outside = "O";

    private readonly Dictionary<string, string> _tagOf;

    private MostFrequentTagBaseline(Dictionary<string, string> tagOf) => _tagOf = tagOf;

    /// <summary>Counts tags.</summary>
    /// <param name="sentences">The words of each training sentence; upper and lower case are the same.</param>
    /// <param name="tags">A tag for each word.</param>
    public static MostFrequentTagBaseline Train(IReadOnlyList<IReadOnlyList<string>> sentences, IReadOnlyList<IReadOnlyList<string>> tags)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        ArgumentNullException.ThrowIfNull(tags);
        var counts = new Dictionary<string, SortedDictionary<string, int>>(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < sentences.Count; i++)
        {
            for (int w = 0; w < sentences[i].Count; w++)
            {
                if (!counts.TryGetValue(sentences[i][w], out SortedDictionary<string, int>? own))
                    counts.Add(sentences[i][w], own = new SortedDictionary<string, int>(StringComparer.Ordinal));
                own[tags[i][w]] = own.GetValueOrDefault(tags[i][w]) + 1;
            }
        }
        // Of equally frequent tags the first by name.
        return new MostFrequentTagBaseline(counts.ToDictionary(pair => pair.Key, pair => pair.Value.MaxBy(tag => tag.Value).Key, StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>The tags of a sentence.</summary>
    /// <param name="words">Its words.</param>
    public IReadOnlyList<string> Predict(IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        return [.. words.Select(word => _tagOf.GetValueOrDefault(word, Outside))];
    }
}
