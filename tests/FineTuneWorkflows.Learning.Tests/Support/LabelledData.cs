using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Training;

namespace FineTuneWorkflows.Learning.Tests.Support;

/// <summary>Token sequences with whatever labels a test gives them.</summary>
internal sealed record LabelledData(int[][] Tokens) : ISequenceDataset
{
    public int[] Labels { get; init; } = new int[Tokens.Length];

    public int[][]? TokenLabels { get; init; }

    public bool[][]? Classes { get; init; }

    public int?[]? SecondStarts { get; init; }

    public int Count => Tokens.Length;

    public bool HasTokenLabels => TokenLabels is not null;

    public int Length(int index) => Tokens[index].Length;

    public int Label(int index) => Labels[index];

    public void CopyTokens(int index, Span<int> destination) => Tokens[index].CopyTo(destination);

    public int SecondStart(int index) => SecondStarts?[index] ?? Length(index);

    public void CopyTokenLabels(int index, Span<int> destination) => TokenLabels![index].CopyTo(destination);

    public void CopyClasses(int index, Span<bool> destination) => Classes![index].CopyTo(destination);
}
