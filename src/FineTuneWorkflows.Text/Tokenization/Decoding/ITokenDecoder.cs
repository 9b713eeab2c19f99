namespace FineTuneWorkflows.Text.Tokenization.Decoding;

/// <summary>A step on the way from vocabulary entries back to text. Holds no state.</summary>
internal interface ITokenDecoder
{
    /// <summary>Changes the tokens in place; in the end they are joined.</summary>
    void Apply(List<string> tokens);
}
