namespace FineTuneWorkflows.Text.Tokenization.Decoding;

/// <summary>Changes each token by itself, knowing its position and how many there are.</summary>
internal sealed class TokenwiseDecoder(Func<string, int, int, string> change) : ITokenDecoder
{
    public void Apply(List<string> tokens)
    {
        for (var i = 0; i < tokens.Count; i++) tokens[i] = change(tokens[i], i, tokens.Count);
    }
}
