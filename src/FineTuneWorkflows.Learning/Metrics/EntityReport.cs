namespace FineTuneWorkflows.Learning.Metrics;

/// <summary>How well entities are found: one counts as found only where its kind, its first and its last word are right, as seqeval counts (Nakayama 2018,
/// https://github.com/chakki-works/seqeval).</summary>
public sealed record EntityReport
{
    /// <summary>The number of sentences.</summary>
    public required int Count { get; init; }

    /// <summary>The share of words whose tag is right.</summary>
    public required double TagAccuracy { get; init; }

    /// <summary>Each kind of entity by itself, sorted by name; support counts its true entities.</summary>
    public required IReadOnlyList<ClassMetrics> Kinds { get; init; }

    /// <summary>Over all entities together.</summary>
    public required AveragedMetrics Micro { get; init; }

    /// <summary>The mean over kinds, each counting the same.</summary>
    public required AveragedMetrics Macro { get; init; }

    /// <summary>The number of true entities.</summary>
    public required int Support { get; init; }

    /// <summary>Compares predicted tags with true ones.</summary>
    /// <param name="actual">The true tags of each sentence.</param>
    /// <param name="predicted">The predicted tags of each sentence, as many.</param>
    /// <exception cref="ArgumentException">The sizes disagree.</exception>
    public static EntityReport Compute(IReadOnlyList<IReadOnlyList<string>> actual, IReadOnlyList<IReadOnlyList<string>> predicted)
    {
        ArgumentNullException.ThrowIfNull(actual);
        ArgumentNullException.ThrowIfNull(predicted);
        if (actual.Count != predicted.Count)
            throw new ArgumentException($"There are {actual.Count} sentences and {predicted.Count} predictions.", nameof(predicted));
        var counts = new SortedDictionary<string, Tally>(StringComparer.Ordinal);
        long words = 0, right = 0;
        for (int i = 0; i < actual.Count; i++)
        {
            if (actual[i].Count != predicted[i].Count)
                throw new ArgumentException($"Sentence {i} has {actual[i].Count} words and {predicted[i].Count} predicted tags.", nameof(predicted));
            words += actual[i].Count;
            right += actual[i].Zip(predicted[i]).Count(pair => pair.First == pair.Second);
            var there = EntityChunk.Of(actual[i]).ToHashSet();
            foreach (EntityChunk chunk in there)
                Of(chunk).Actual++;
            foreach (EntityChunk chunk in EntityChunk.Of(predicted[i]))
            {
                Of(chunk).Predicted++;
                if (there.Contains(chunk))
                    Of(chunk).Hits++;
            }
        }
        ClassMetrics[] kinds = [.. counts.Select(pair => pair.Value.Metrics(pair.Key))];
        ClassMetrics all = new Tally
        {
            Hits = counts.Values.Sum(t => t.Hits), Actual = counts.Values.Sum(t => t.Actual), Predicted = counts.Values.Sum(t => t.Predicted),
        }.Metrics("all");
        return new EntityReport
        {
            Count = actual.Count,
            TagAccuracy = words == 0 ? 0 : (double)right / words,
            Kinds = kinds,
            Micro = new AveragedMetrics(all.Precision, all.Recall, all.F1),
            Macro = kinds.Length == 0 ? new AveragedMetrics(0, 0, 0) : new AveragedMetrics(kinds.Average(k => k.Precision), kinds.Average(k => k.Recall), kinds.Average(k => k.F1)),
            Support = all.Support,
        };

        Tally Of(EntityChunk chunk)
        {
            if (!counts.TryGetValue(chunk.Kind, out Tally? tally))
                counts.Add(chunk.Kind, tally = new Tally());
            return tally;
        }
    }

    /// <summary>The figures by name, for logging: <c>f1</c>, <c>precision</c>, <c>recall</c> over all entities, <c>f1_macro</c>, <c>tag_accuracy</c>.</summary>
    public IReadOnlyDictionary<string, double> ToMetrics() => new SortedDictionary<string, double>(StringComparer.Ordinal)
    {
        ["f1"] = Micro.F1,
        ["precision"] = Micro.Precision,
        ["recall"] = Micro.Recall,
        ["f1_macro"] = Macro.F1,
        ["tag_accuracy"] = TagAccuracy,
    };

    private sealed class Tally
    {
        public int Hits { get; set; }

        public int Actual { get; set; }

        public int Predicted { get; set; }

        public ClassMetrics Metrics(string name) => new(name, Ratio(Hits, Predicted), Ratio(Hits, Actual), Ratio(2 * Hits, Actual + Predicted), Actual);

        private static double Ratio(int part, int whole) => whole == 0 ? 0 : (double)part / whole;
    }
}
