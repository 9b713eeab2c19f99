using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace FineTuneWorkflows.Text.Datasets;

/// <summary>
/// Tells whether two texts are the same: trimmed, each run of white space collapsed to one space, case ignored (invariant). Texts are compared by the
/// first 128 bits of the SHA-256 of that form, so that millions of them need no more memory than 16 bytes each.
/// </summary>
public static class TextIdentity
{
    /// <summary>The 128-bit identity of a text.</summary>
    /// <param name="text">The text.</param>
    public static UInt128 Of(ReadOnlySpan<char> text)
    {
        var buffer = ArrayPool<char>.Shared.Rent(text.Length);
        try
        {
            var length = Normalize(text, buffer);
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
        var buffer = new char[text.Length];
        return new string(buffer, 0, Normalize(text, buffer));
    }

    /// <summary>A 128-bit hash of exactly these characters.</summary>
    internal static UInt128 Hash(ReadOnlySpan<char> characters)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(characters), digest);
        return BinaryPrimitives.ReadUInt128LittleEndian(digest);
    }

    private static int Normalize(ReadOnlySpan<char> text, Span<char> destination)
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
            if (gap)
            {
                destination[length++] = ' ';
                gap = false;
            }
            destination[length++] = char.ToLowerInvariant(c);
        }
        return length;
    }
}
