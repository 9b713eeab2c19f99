using System.Text;
using System.Text.Unicode;

namespace FineTuneWorkflows.Text.Files;

/// <summary>Recognises an encoding by how a file begins: by its byte order mark, or UTF-16 by the zeros of its ASCII characters.</summary>
internal static class EncodingDetector
{
    /// <summary>How many bytes are looked at.</summary>
    public const int Sample = 1 << 14;

    /// <summary>The encoding that a byte order mark names, and the mark's length; null where there is no mark.</summary>
    public static (TextEncoding Encoding, int Length)? ByMark(ReadOnlySpan<byte> start) =>
        start.StartsWith<byte>([0xEF, 0xBB, 0xBF]) ? (TextEncoding.Utf8, 3)
        : start.StartsWith<byte>([0xFF, 0xFE, 0, 0]) ? (TextEncoding.Utf32, 4)
        : start.StartsWith<byte>([0, 0, 0xFE, 0xFF]) ? (TextEncoding.Utf32BigEndian, 4)
        : start.StartsWith<byte>([0xFF, 0xFE]) ? (TextEncoding.Utf16, 2)
        : start.StartsWith<byte>([0xFE, 0xFF]) ? (TextEncoding.Utf16BigEndian, 2)
        : start.StartsWith<byte>([0x84, 0x31, 0x95, 0x33]) ? (TextEncoding.Find("GB18030")!, 4) : null;

    /// <summary>
    /// UTF-16 without a mark: zeros stand in every second place only, and there are so many of them, or what is there is so little UTF-8, that it is
    /// nothing else. Null where it is not.
    /// </summary>
    public static TextEncoding? Utf16WithoutMark(ReadOnlySpan<byte> start)
    {
        var sample = start[..(Math.Min(start.Length, Sample) & ~1)];
        if (!sample.Contains((byte)0)) return null;
        int even = 0, odd = 0;
        for (var i = 0; i < sample.Length; i += 2)
        {
            if (sample[i] == 0) even++;
            if (sample[i + 1] == 0) odd++;
        }
        if ((even == 0) == (odd == 0)) return null;
        var encoding = even == 0 ? TextEncoding.Utf16 : TextEncoding.Utf16BigEndian;
        var many = (even + odd) * 10 >= sample.Length / 2;
        if (!many && Utf8.IsValid(sample)) return null;
        try
        {
            // The sample may end between two halves of a character.
            var text = encoding.Strict.GetString(sample.Length > 2 && IsHighSurrogate(sample[^2..], encoding) ? sample[..^2] : sample);
            return many || text.Contains('\n') ? encoding : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>Whether the first bytes are UTF-8 with several characters beyond ASCII, as text of another encoding hardly ever is.</summary>
    public static bool LooksLikeUtf8(ReadOnlySpan<byte> start)
    {
        const int Several = 3;
        var sample = start[..Math.Min(start.Length, Sample)];
        // The sample may end within a character.
        while (sample.Length > 0 && sample[^1] >= 0x80) sample = sample[..^1];
        var leads = 0;
        foreach (var b in sample)
        {
            if (b >= 0xC0) leads++;
        }
        return leads >= Several && Utf8.IsValid(sample);
    }

    private static bool IsHighSurrogate(ReadOnlySpan<byte> unit, TextEncoding encoding) => (unit[encoding == TextEncoding.Utf16 ? 1 : 0] & 0xFC) == 0xD8;
}
