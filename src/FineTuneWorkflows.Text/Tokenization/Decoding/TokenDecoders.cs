namespace FineTuneWorkflows.Text.Tokenization.Decoding;

/// <summary>The steps that look at one token at a time.</summary>
internal static class TokenDecoders
{
    /// <summary>Removes the prefix of pieces inside a word and puts spaces before others; cleaned up, spaces before punctuation go.</summary>
    public static ITokenDecoder WordPiece(string prefix, bool cleanUp) => new TokenwiseDecoder((token, i, _) =>
    {
        if (i > 0) token = token.StartsWith(prefix, StringComparison.Ordinal) ? token[prefix.Length..] : " " + token;
        return cleanUp ? CleanUp(token) : token;
    });

    /// <summary>Replaces a string.</summary>
    /// <param name="pattern">The string, which is not empty.</param>
    /// <param name="content">What takes its place.</param>
    /// <param name="bounds">What a decoder that a file brings along may make; null for one of this project's own.</param>
    public static ITokenDecoder Replace(string pattern, string content, DecodingBounds? bounds = null) => new TokenwiseDecoder((token, _, _) =>
    {
        bounds?.Require(token.Length, token.Length + ((long)token.AsSpan().Count(pattern) * (content.Length - pattern.Length)));
        return token.Replace(pattern, content, StringComparison.Ordinal);
    });

    /// <summary>Removes a character at the ends, this many times at most.</summary>
    public static ITokenDecoder Strip(char content, int start, int stop) => new TokenwiseDecoder((token, _, _) =>
    {
        var (from, to) = (0, token.Length);
        while (from < token.Length && from < start && token[from] == content) from++;
        while (to > from && token.Length - to < stop && token[to - 1] == content) to--;
        return token[from..to];
    });

    /// <summary>Makes visible spaces spaces; those of the first token go where one was put before the text.</summary>
    public static ITokenDecoder Metaspace(char replacement, bool prepended) => new TokenwiseDecoder((token, i, _) =>
        i == 0 && prepended ? token.Replace(replacement.ToString(), "", StringComparison.Ordinal) : token.Replace(replacement, ' '));

    /// <summary>Makes the suffix of a word's end a space, but for the last one.</summary>
    public static ITokenDecoder Suffix(string suffix) =>
        new TokenwiseDecoder((token, i, count) => token.Replace(suffix, i == count - 1 ? "" : " ", StringComparison.Ordinal));

    // As in the reference's clean_up_tokenization, English only.
    private static string CleanUp(string token) => token
        .Replace(" .", ".", StringComparison.Ordinal).Replace(" ?", "?", StringComparison.Ordinal).Replace(" !", "!", StringComparison.Ordinal)
        .Replace(" ,", ",", StringComparison.Ordinal).Replace(" ' ", "'", StringComparison.Ordinal).Replace(" n't", "n't", StringComparison.Ordinal)
        .Replace(" 'm", "'m", StringComparison.Ordinal).Replace(" do not", " don't", StringComparison.Ordinal)
        .Replace(" 's", "'s", StringComparison.Ordinal).Replace(" 've", "'ve", StringComparison.Ordinal)
        .Replace(" 're", "'re", StringComparison.Ordinal);
}
