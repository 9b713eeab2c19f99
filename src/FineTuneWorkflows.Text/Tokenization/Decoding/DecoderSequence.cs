namespace FineTuneWorkflows.Text.Tokenization.Decoding;

/// <summary>Several steps one after another.</summary>
internal sealed class DecoderSequence(IReadOnlyList<ITokenDecoder> steps) : ITokenDecoder
{
    public void Apply(List<string> tokens)
    {
        foreach (var step in steps) step.Apply(tokens);
    }
}
