using FineTuneWorkflows.Foundation.Randomness;
using FineTuneWorkflows.Learning.Data;

namespace FineTuneWorkflows.Learning.Training.Generalization;

/// <summary>Some of a data set's sequences, in the data set's order, drawn from the seed alone.</summary>
internal sealed class SequenceSample : ISequenceDataset
{
    private readonly ISequenceDataset _data;
    private readonly int[] _indices;

    /// <param name="data">The data set.</param>
    /// <param name="count">The most sequences to draw; all are taken where there are no more.</param>
    /// <param name="seed">The run's seed.</param>
    public SequenceSample(ISequenceDataset data, int count, long seed)
    {
        _data = data;
        _indices = [.. Enumerable.Range(0, data.Count)];
        if (count >= data.Count)
            return;
        new SplitMix64(DerivedSeed.For(seed, "generalization/sample")).Shuffle<int>(_indices);
        _indices = _indices[..count];
        Array.Sort(_indices);
    }

    public int Count => _indices.Length;

    public bool HasTokenLabels => _data.HasTokenLabels;

    public int Length(int index) => _data.Length(_indices[index]);

    public int Label(int index) => _data.Label(_indices[index]);

    public void CopyTokens(int index, Span<int> destination) => _data.CopyTokens(_indices[index], destination);

    public int SecondStart(int index) => _data.SecondStart(_indices[index]);

    public void CopyTokenLabels(int index, Span<int> destination) => _data.CopyTokenLabels(_indices[index], destination);

    public void CopyClasses(int index, Span<bool> destination) => _data.CopyClasses(_indices[index], destination);
}
