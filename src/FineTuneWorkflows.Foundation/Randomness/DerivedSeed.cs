using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace FineTuneWorkflows.Foundation.Randomness;

/// <summary>
/// A seed for one purpose, derived by SHA-256 from the run's seed, the purpose's name and numbers such as epoch and step, so that no draw depends
/// on which draws were made before it.
/// </summary>
public static class DerivedSeed
{
    /// <summary>The 64-bit seed for <paramref name="purpose"/> and <paramref name="numbers"/>; the same on every machine and version.</summary>
    public static ulong For(long seed, string purpose, params ReadOnlySpan<long> numbers)
    {
        byte[] name = Encoding.UTF8.GetBytes(purpose);
        byte[] buffer = new byte[16 + name.Length + (8 * numbers.Length)];
        BinaryPrimitives.WriteInt64LittleEndian(buffer, seed);
        BinaryPrimitives.WriteInt64LittleEndian(buffer.AsSpan(8), name.Length);
        name.CopyTo(buffer, 16);
        for (int i = 0; i < numbers.Length; i++)
            BinaryPrimitives.WriteInt64LittleEndian(buffer.AsSpan(16 + name.Length + (8 * i)), numbers[i]);
        return BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(buffer));
    }
}
