namespace FineTuneWorkflows.Text.Tests.Tokenization.Loading;

/// <summary>How byte-level vocabularies write a byte, worked out anew: printable Latin-1 as itself, the others from U+0100 on.</summary>
internal static class ByteNames
{
    public static string Of(byte value)
    {
        var others = Enumerable.Range(0, 256).Where(b => !Printable(b)).ToList();
        return ((char)(Printable(value) ? value : 256 + others.IndexOf(value))).ToString();
    }

    private static bool Printable(int b) => b is >= 33 and < 127 or >= 161 and < 173 or > 173;
}
