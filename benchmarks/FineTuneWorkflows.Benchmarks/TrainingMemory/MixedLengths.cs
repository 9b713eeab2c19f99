using FineTuneWorkflows.Benchmarks.Harness;
using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Training;

namespace FineTuneWorkflows.Benchmarks.TrainingMemory;

/// <summary>Sequences of 8 tokens to a longest with drawn tokens and two classes.</summary>
internal sealed class MixedLengths(int count, int longest, int vocabularySize) : ISequenceDataset
{
    public int Count => count;

    public int Length(int index) => 8 + new SeededRandom((ulong)index).Next(longest - 7);

    public int Label(int index) => index % 2;

    public void CopyTokens(int index, Span<int> destination)
    {
        var random = new SeededRandom((ulong)index);
        for (var i = 0; i < Length(index); i++)
            destination[i] = random.Next(vocabularySize);
    }
}
