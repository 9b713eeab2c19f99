using System.Globalization;
using System.Text;

namespace FineTuneWorkflows.Text.Tokenization.Decoding;

/// <summary>Reads runs of <c>&lt;0x..&gt;</c> tokens as UTF-8; each byte of a run that is none becomes U+FFFD.</summary>
internal sealed class ByteFallbackDecoder : ITokenDecoder
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public void Apply(List<string> tokens)
    {
        var result = new List<string>(tokens.Count);
        var bytes = new List<byte>();
        foreach (var token in tokens)
        {
            if (TryByte(token, out var b))
            {
                bytes.Add(b);
                continue;
            }
            End(bytes, result);
            result.Add(token);
        }
        End(bytes, result);
        tokens.Clear();
        tokens.AddRange(result);
    }

    private static bool TryByte(string token, out byte value)
    {
        value = 0;
        return token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
            && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    private static void End(List<byte> bytes, List<string> result)
    {
        if (bytes.Count == 0) return;
        try
        {
            result.Add(Strict.GetString([.. bytes]));
        }
        catch (DecoderFallbackException)
        {
            result.Add(new string('\uFFFD', bytes.Count));
        }
        bytes.Clear();
    }
}
