namespace FineTuneWorkflows.Text.Tokenization.Decoding;

/// <summary>Several steps one after another.</summary>
/// <param name="steps">The steps.</param>
/// <param name="bounds">What all of them together may make; null for those of this project's own.</param>
internal sealed class DecoderSequence(IReadOnlyList<ITokenDecoder> steps, DecodingBounds? bounds = null) : ITokenDecoder
{
    public void Apply(List<string> tokens)
    {
        var given = bounds is null ? 0 : LengthOf(tokens);
        foreach (var step in steps)
        {
            step.Apply(tokens);
            bounds?.Require(given, LengthOf(tokens));
        }
    }

    private static long LengthOf(List<string> tokens) => tokens.Sum(token => (long)token.Length);
}
