namespace FineTuneWorkflows.Learning.Data;

/// <summary>Labelled token sequences that training and evaluation read. Reads may come from several threads at once.</summary>
public interface ISequenceDataset
{
    /// <summary>The number of sequences.</summary>
    int Count { get; }

    /// <summary>Whether each token has a label; without, a causal language model learns every token.</summary>
    bool HasTokenLabels => false;

    /// <summary>The number of tokens of a sequence, special tokens included.</summary>
    int Length(int index);

    /// <summary>The class number of a sequence, from 0.</summary>
    int Label(int index);

    /// <summary>Copies a sequence's token ids to the front of <paramref name="destination"/>, which has room for <see cref="Length"/> of
    /// them.</summary>
    void CopyTokens(int index, Span<int> destination);

    /// <summary>Where the second text of a pair begins; the sequence's length, the default, if there is only one.</summary>
    int SecondStart(int index) => Length(index);

    /// <summary>
    /// Copies a label for each token of a sequence to the front of <paramref name="destination"/>: a class number from 0, or for a causal language model
    /// the token's own id; -100 where a token does not count.
    /// </summary>
    /// <exception cref="InvalidOperationException">The data has no labels for tokens.</exception>
    void CopyTokenLabels(int index, Span<int> destination) => throw new InvalidOperationException(
        $"{GetType().Name} has no labels for tokens. Token classification needs data whose every token has one.");

    /// <summary>Sets <paramref name="destination"/>, which has a place for each class, to whether a sequence has that class.</summary>
    /// <exception cref="InvalidOperationException">The data has one class for each sequence.</exception>
    void CopyClasses(int index, Span<bool> destination) => throw new InvalidOperationException(
        $"{GetType().Name} has one class for each sequence. A model for multi-label classification needs data with a list of them.");
}
