using System.Runtime.Intrinsics;

namespace FineTuneWorkflows.Learning.Randomness;

/// <summary>
/// Masks of random zeros, for dropout on the CPU, where libtorch's own generator takes longer for a mask than for most of the layer it is used in.
/// Each number comes from its place and the seed alone, so neither threads nor vector width change a bit: the place, mixed with both halves of the seed
/// by the finalizer of MurmurHash3 (Appleby 2011), is compared with the share.
/// </summary>
internal static unsafe class RandomMask
{
    private const int BlockElements = 1 << 14;

    /// <summary>Fills memory with 0 at a share of places drawn at random and one other value at all others.</summary>
    /// <param name="target">The memory.</param>
    /// <param name="count">How many numbers it holds, below 2^32.</param>
    /// <param name="zeroShare">The probability of a 0, from 0 to below 1; counts in steps of 2^-32.</param>
    /// <param name="other">The value that is not 0.</param>
    /// <param name="seed">What the mask is drawn from.</param>
    /// <param name="threads">How many threads fill it.</param>
    public static void Fill(float* target, long count, double zeroShare, float other, ulong seed, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, uint.MaxValue);
        // One too large would wrap around to 0.
        uint limit = (uint)Math.Min(uint.MaxValue, Math.Round(zeroShare * 4294967296.0));
        uint low = (uint)seed, high = (uint)(seed >> 32);
        int blocks = (int)((count + BlockElements - 1) / BlockElements);
        if (threads <= 1 || blocks < 4)
        {
            Range(target, 0, count, limit, other, low, high);
            return;
        }
        Parallel.For(0, blocks, new ParallelOptions { MaxDegreeOfParallelism = threads }, block =>
            Range(target, (long)block * BlockElements, Math.Min(count, (block + 1L) * BlockElements), limit, other, low, high));
    }

    private static void Range(float* target, long start, long end, uint limit, float other, uint low, uint high)
    {
        long i = start;
        var lowVector = Vector256.Create(low);
        var highVector = Vector256.Create(high);
        // Comparisons of vectors are signed; turning the highest bit round orders unsigned numbers.
        var flip = Vector256.Create(0x80000000u);
        var limitVector = (Vector256.Create(limit) ^ flip).AsInt32();
        var otherVector = Vector256.Create(other);
        Vector256<uint> place = Vector256.Create((uint)start) + Vector256<uint>.Indices, step = Vector256.Create(8u);
        for (; i <= end - 8; i += 8)
        {
            Vector256<uint> x = Mix(Mix(place ^ lowVector) + highVector);
            Vector256<int> keeps = Vector256.GreaterThanOrEqual((x ^ flip).AsInt32(), limitVector);
            (otherVector & keeps.AsSingle()).Store(target + i);
            place += step;
        }
        for (; i < end; i++)
            target[i] = Mix(Mix((uint)i ^ low) + high) >= limit ? other : 0;
    }

    private static Vector256<uint> Mix(Vector256<uint> x)
    {
        x = (x ^ (x >>> 16)) * 0x85ebca6bu;
        x = (x ^ (x >>> 13)) * 0xc2b2ae35u;
        return x ^ (x >>> 16);
    }

    private static uint Mix(uint x)
    {
        x = (x ^ (x >> 16)) * 0x85ebca6b;
        x = (x ^ (x >> 13)) * 0xc2b2ae35;
        return x ^ (x >> 16);
    }
}
