using FineTuneWorkflows.Text.Tokenization.Pipeline;

namespace FineTuneWorkflows.Text.Tokenization.Models;

/// <summary>Divides words for one thread and remembers those it met.</summary>
internal abstract class WordEncoder
{
    /// <summary>Appends the entries that a part of the text is made of.</summary>
    public abstract void Encode(AlignedText text, TokenSpan part, TokenList output);
}
