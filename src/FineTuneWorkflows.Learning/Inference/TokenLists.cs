using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Training;

namespace FineTuneWorkflows.Learning.Inference;

/// <summary>Token ids in memory as a data set without labels.</summary>
internal sealed class TokenLists(IReadOnlyList<IReadOnlyList<int>> sequences) : ISequenceDataset
{
    public int Count => sequences.Count;

    public int Length(int index) => sequences[index].Count;

    public int Label(int index) => 0;

    public void CopyTokens(int index, Span<int> destination)
    {
        IReadOnlyList<int> tokens = sequences[index];
        for (int i = 0; i < tokens.Count; i++)
            destination[i] = tokens[i];
    }
}
