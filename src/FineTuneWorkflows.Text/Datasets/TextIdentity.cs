using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FineTuneWorkflows.Text.Tokenization.Normalization;

namespace FineTuneWorkflows.Text.Datasets;

/// <summary>
/// Tells whether two texts are the same: composed (Unicode's form NFC), without characters that nobody sees (zero-width ones, soft hyphens, marks of
/// direction), trimmed, each run of white space collapsed to one space, case ignored (invariant). Texts are compared by the first 128 bits of the SHA-256
/// of that form, so that millions of them need no more memory than 16 bytes each. The texts themselves stay as they are.
/// </summary>
public static class TextIdentity
{
    /// <summary>The 128-bit identity of a text.</summary>
    /// <param name="text">The text.</param>
    public static UInt128 Of(ReadOnlySpan<char> text)
    {
        if (CanonicalComposition.MayChange(text)) text = CanonicalComposition.Of(text);
        var buffer = ArrayPool<char>.Shared.Rent(text.Length);
        try
        {
            var length = Normalize(text, buffer, foldsCase: true);
            return Hash(buffer.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }

    /// <summary>The form in which texts are compared.</summary>
    /// <param name="text">The text.</param>
    public static string Normalized(ReadOnlySpan<char> text)
    {
        if (CanonicalComposition.MayChange(text)) text = CanonicalComposition.Of(text);
        var buffer = new char[text.Length];
        return new string(buffer, 0, Normalize(text, buffer, foldsCase: true));
    }

    /// <summary>What is seen of a text, so that two that look the same are equal: as texts are compared, but with its case.</summary>
    /// <param name="text">The text.</param>
    internal static string Visible(string text)
    {
        var composed = CanonicalComposition.MayChange(text) ? CanonicalComposition.Of(text) : text;
        var buffer = new char[composed.Length];
        var seen = buffer.AsSpan(0, Normalize(composed, buffer, foldsCase: false));
        return seen.SequenceEqual(text) ? text : new string(seen);
    }

    /// <summary>A 128-bit hash of exactly these characters.</summary>
    internal static UInt128 Hash(ReadOnlySpan<char> characters)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(characters), digest);
        return BinaryPrimitives.ReadUInt128LittleEndian(digest);
    }

    private static int Normalize(ReadOnlySpan<char> text, Span<char> destination, bool foldsCase)
    {
        var length = 0;
        var gap = false;
        foreach (var c in text)
        {
            if (char.IsWhiteSpace(c))
            {
                gap = length > 0;
                continue;
            }
            if (c >= 0x80 && IsUnseen(c)) continue;
            if (gap)
            {
                destination[length++] = ' ';
                gap = false;
            }
            // A capital sigma does not show whether it is final.
            destination[length++] = !foldsCase ? c : c == 'ς' ? 'σ' : char.ToLowerInvariant(c);
        }
        return length;
    }

    /// <summary>Default-ignorable characters of the basic plane that leave no trace in a text, variation selectors among them.</summary>
    private static bool IsUnseen(char c) =>
        c is '\u00AD' or '\u034F' or '\u061C' or '\u180E' or (>= '\u200B' and <= '\u200F') or (>= '\u202A' and <= '\u202E') or (>= '\u2060' and <= '\u206F') or (>= '\uFE00' and <= '\uFE0F') or '\uFEFF';
}
