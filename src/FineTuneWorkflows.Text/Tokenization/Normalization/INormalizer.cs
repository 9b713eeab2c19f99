using FineTuneWorkflows.Text.Tokenization.Pipeline;

namespace FineTuneWorkflows.Text.Tokenization.Normalization;

/// <summary>Changes a text before it is divided. Holds no state.</summary>
internal interface INormalizer
{
    /// <summary>Changes the text, which is one part.</summary>
    void Apply(AlignedText text);
}
