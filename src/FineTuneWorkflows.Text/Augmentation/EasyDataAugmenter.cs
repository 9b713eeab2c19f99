using FineTuneWorkflows.Foundation.Randomness;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Randomness;

namespace FineTuneWorkflows.Text.Augmentation;

/// <summary>
/// Makes changed copies of texts by easy data augmentation (J. Wei, K. Zou, "EDA: Easy Data Augmentation Techniques for Boosting Performance on Text
/// Classification Tasks", EMNLP 2019, arXiv:1901.11196). A copy follows from the options, the text and the copy's number alone. Safe for use by many
/// threads.
/// </summary>
public sealed class EasyDataAugmenter
{
    private const ulong Purpose = 0x454441; // "EDA"

    private readonly SynonymLexicon _lexicon;
    private readonly StopWords _stopWords;
    private readonly AugmentationOptions _options;
    private readonly EdaOperation[] _operations;

    /// <summary>Makes an augmenter.</summary>
    /// <param name="lexicon">Where synonyms come from.</param>
    /// <param name="stopWords">What is never replaced.</param>
    /// <param name="options">Rates, copies and seed.</param>
    /// <exception cref="ArgumentException">A rate or the number of copies is out of its range, or all rates are 0.</exception>
    public EasyDataAugmenter(SynonymLexicon lexicon, StopWords stopWords, AugmentationOptions options)
    {
        ArgumentNullException.ThrowIfNull(lexicon);
        ArgumentNullException.ThrowIfNull(stopWords);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Copies, 1, nameof(options));
        foreach (var rate in new[] { options.SynonymRate, options.InsertionRate, options.SwapRate, options.DeletionRate })
        {
            if (!(rate is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(options), rate, "A rate must be from 0 to 1.");
        }
        if (options.DeletionRate >= 1)
            throw new ArgumentOutOfRangeException(nameof(options), options.DeletionRate, "The rate of deletion must be below 1.");
        _lexicon = lexicon;
        _stopWords = stopWords;
        _options = options;
        _operations = [.. Enum.GetValues<EdaOperation>().Where(o => Rate(o) > 0)];
        if (_operations.Length == 0) throw new ArgumentException("All rates are 0: there is nothing to do.", nameof(options));
    }

    /// <summary>The options.</summary>
    public AugmentationOptions Options => _options;

    /// <summary>A changed copy of a text. Operations take turns from copy to copy; one that cannot change the text gives way to the next.</summary>
    /// <param name="text">The text.</param>
    /// <param name="copy">The copy's number, from 0.</param>
    /// <param name="operation">The operation that made it.</param>
    /// <returns>The copy, never empty and never the same text (see <see cref="TextIdentity"/>), or null where no operation can change the
    /// text.</returns>
    public string? Augment(string text, int copy, out EdaOperation operation)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        ArgumentOutOfRangeException.ThrowIfNegative(copy);
        var identity = TextIdentity.Of(text);
        var first = ItemRandom.For(_options.Seed, Purpose, identity).NextBelow(_operations.Length) + copy;
        for (var turn = 0; turn < _operations.Length; turn++)
        {
            operation = _operations[(first + turn) % _operations.Length];
            var random = ItemRandom.For(_options.Seed, Purpose + 1 + (ulong)operation, identity, copy);
            var changed = Apply(operation, text, ref random);
            if (!string.IsNullOrWhiteSpace(changed) && TextIdentity.Of(changed) != identity) return changed;
        }
        operation = default;
        return null;
    }

    private double Rate(EdaOperation operation) => operation switch
    {
        EdaOperation.SynonymReplacement => _options.SynonymRate,
        EdaOperation.RandomInsertion => _options.InsertionRate,
        EdaOperation.RandomSwap => _options.SwapRate,
        _ => _options.DeletionRate,
    };

    private string Apply(EdaOperation operation, string text, ref SplitMix64 random)
    {
        var sentence = Sentence.Parse(text);
        var places = sentence.Places();
        switch (operation)
        {
            case EdaOperation.SynonymReplacement:
                ReplaceSynonyms(sentence, places, ref random);
                break;
            case EdaOperation.RandomInsertion:
                InsertSynonyms(sentence, places, ref random);
                break;
            case EdaOperation.RandomSwap:
                SwapWords(sentence, places, ref random);
                break;
            case EdaOperation.RandomDeletion:
                DeleteWords(sentence, places, ref random);
                break;
        }
        return sentence.ToString();
    }

    /// <summary>The paper's n = max(1, alpha * length).</summary>
    private static int Touched(double rate, int words) => Math.Max(1, (int)(rate * words));

    /// <summary>Places whose word is no stop word and has synonyms.</summary>
    private List<int> Replaceable(Sentence sentence, List<int> places) =>
        places.FindAll(i => !_stopWords.Contains(sentence.Core(i)) && _lexicon.Of(sentence.Core(i)).Count > 0);

    private string Synonym(string word, ref SplitMix64 random)
    {
        var synonyms = _lexicon.Of(word);
        return synonyms[random.NextBelow(synonyms.Count)];
    }

    private void ReplaceSynonyms(Sentence sentence, List<int> places, ref SplitMix64 random)
    {
        var replaceable = Replaceable(sentence, places);
        for (var left = Touched(_options.SynonymRate, places.Count); left > 0 && replaceable.Count > 0; left--)
        {
            var pick = random.NextBelow(replaceable.Count);
            var place = replaceable[pick];
            replaceable.RemoveAt(pick);
            sentence.Replace(place, Synonym(sentence.Core(place), ref random));
        }
    }

    private void InsertSynonyms(Sentence sentence, List<int> places, ref SplitMix64 random)
    {
        var sources = Replaceable(sentence, places).ConvertAll(sentence.Core);
        if (sources.Count == 0) return;
        for (var left = Touched(_options.InsertionRate, places.Count); left > 0; left--)
        {
            // Never before the first word, which may begin with a capital, unless there is no other place.
            var place = sentence.Count == 1 ? 0 : 1 + random.NextBelow(sentence.Count - 1);
            sentence.Insert(place, Synonym(sources[random.NextBelow(sources.Count)], ref random));
        }
    }

    private void SwapWords(Sentence sentence, List<int> places, ref SplitMix64 random)
    {
        if (places.Count < 2) return;
        for (var left = Touched(_options.SwapRate, places.Count); left > 0; left--)
        {
            var first = random.NextBelow(places.Count);
            var second = (first + 1 + random.NextBelow(places.Count - 1)) % places.Count;
            sentence.Swap(places[first], places[second], word => _stopWords.Contains(word) || _lexicon.Of(word).Count > 0);
        }
    }

    private void DeleteWords(Sentence sentence, List<int> places, ref SplitMix64 random)
    {
        if (places.Count < 2) return;
        var removed = new HashSet<int>();
        foreach (var place in places)
        {
            if (random.NextDouble() < _options.DeletionRate) removed.Add(place);
        }
        // As in the paper's own code a word is spared where chance would remove them all; here one is also removed where chance would remove none.
        if (removed.Count == places.Count) removed.Remove(places[random.NextBelow(places.Count)]);
        if (removed.Count == 0) removed.Add(places[random.NextBelow(places.Count)]);
        sentence.Remove(removed);
    }
}
