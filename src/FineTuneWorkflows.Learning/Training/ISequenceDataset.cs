namespace FineTuneWorkflows.Learning.Training;

/// <summary>Labelled token sequences that training and evaluation read. Reads may come from several threads at once.</summary>
public interface ISequenceDataset
{
    /// <summary>The number of sequences.</summary>
    int Count { get; }

    /// <summary>The number of tokens of a sequence, special tokens included.</summary>
    int Length(int index);

    /// <summary>The class number of a sequence, from 0.</summary>
    int Label(int index);

    /// <summary>Copies a sequence's token ids to the front of <paramref name="destination"/>, which has room for <see cref="Length"/> of
    /// them.</summary>
    void CopyTokens(int index, Span<int> destination);
}
