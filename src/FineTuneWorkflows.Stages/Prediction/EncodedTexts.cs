using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Training;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Stages.Prediction;

/// <summary>Shows encoded texts and pairs to Learning, with where the second text begins.</summary>
internal sealed class EncodedTexts(IReadOnlyList<EncodedText> texts) : ISequenceDataset
{
    public int Count => texts.Count;

    public int Length(int index) => texts[index].Ids.Length;

    public int Label(int index) => 0;

    public void CopyTokens(int index, Span<int> destination) => texts[index].Ids.CopyTo(destination);

    public int SecondStart(int index) => texts[index].SecondStart;
}
