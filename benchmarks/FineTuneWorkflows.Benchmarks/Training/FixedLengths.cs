using FineTuneWorkflows.Benchmarks.Harness;
using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Training;

namespace FineTuneWorkflows.Benchmarks.Training;

/// <summary>Sequences of one length with drawn tokens and two classes.</summary>
internal sealed class FixedLengths(int count, int length, int vocabularySize) : ISequenceDataset
{
    public int Count => count;

    public int Length(int index) => length;

    public int Label(int index) => index % 2;

    public void CopyTokens(int index, Span<int> destination)
    {
        var random = new SeededRandom((ulong)index);
        for (var i = 0; i < length; i++)
            destination[i] = random.Next(vocabularySize);
    }
}
