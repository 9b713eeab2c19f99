using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Training;
using FineTuneWorkflows.Text.TokenFiles;

namespace FineTuneWorkflows.Stages.FineTune;

/// <summary>Shows a split's token file to Learning.</summary>
internal sealed class TokenSplitDataset(TokenSplit split) : ISequenceDataset
{
    public int Count => split.Count;

    public bool HasTokenLabels => split.HasTokenLabels;

    public int Length(int index) => split.Length(index);

    public int Label(int index) => split.Label(index);

    public void CopyTokens(int index, Span<int> destination) => split.CopyTokens(index, destination);

    public int SecondStart(int index) => split.HasSecondStarts ? split.SecondStart(index) : split.Length(index);

    public void CopyTokenLabels(int index, Span<int> destination) => split.CopyTokenLabels(index, destination);

    public void CopyClasses(int index, Span<bool> destination) => split.CopyClasses(index, destination);
}
