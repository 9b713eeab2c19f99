using FineTuneWorkflows.Text.Tokenization.Pipeline;

namespace FineTuneWorkflows.Text.Tokenization.PreTokenization;

/// <summary>Several pre-tokenizers one after another.</summary>
internal sealed class PreTokenizerSequence(IReadOnlyList<IPreTokenizer> steps) : IPreTokenizer
{
    public void Apply(AlignedText text)
    {
        foreach (var step in steps) step.Apply(text);
    }
}
