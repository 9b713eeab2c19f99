using FineTuneWorkflows.Text.Tokenization.Pipeline;

namespace FineTuneWorkflows.Text.Tokenization.PreTokenization;

/// <summary>Divides each part of a text further. Holds no state.</summary>
internal interface IPreTokenizer
{
    /// <summary>Divides the parts.</summary>
    void Apply(AlignedText text);
}
