using System.Text;

namespace FineTuneWorkflows.Text.Tokenization.Models;

/// <summary>
/// How byte-level vocabularies write bytes: each of the 256 as a printable character, those that are printable in Latin-1 as themselves (GPT-2's
/// <c>bytes_to_unicode</c>).
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] Characters = Build();
    private static readonly Dictionary<char, byte> Bytes = Characters.Select((c, b) => (c, b)).ToDictionary(p => p.c, p => (byte)p.b);

    /// <summary>The character that stands for a byte.</summary>
    public static char Character(byte value) => Characters[value];

    /// <summary>The byte that a character stands for, if it stands for one.</summary>
    public static bool TryByte(char character, out byte value) => Bytes.TryGetValue(character, out value);

    /// <summary>A text's UTF-8 bytes as characters.</summary>
    public static string Write(ReadOnlySpan<char> text)
    {
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        var count = Encoding.UTF8.GetBytes(text, bytes);
        return string.Create(count, bytes, static (to, from) =>
        {
            for (var i = 0; i < to.Length; i++) to[i] = Characters[from[i]];
        });
    }

    private static char[] Build()
    {
        var table = new char[256];
        var next = 256;
        for (var b = 0; b < 256; b++)
            table[b] = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF) ? (char)b : (char)next++;
        return table;
    }
}
