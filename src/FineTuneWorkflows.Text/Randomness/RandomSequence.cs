namespace FineTuneWorkflows.Text.Randomness;

/// <summary>
/// A sequence of random numbers that follows from its seed alone, on every machine and every version of .NET: SplitMix64 (G. Steele, D. Lea, C.
/// Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014). Make one for each purpose and each item instead of sharing one: then
/// neither order nor parallel work changes a result.
/// </summary>
internal struct RandomSequence
{
    private ulong _state;

    private RandomSequence(ulong state) => _state = state;

    /// <summary>The sequence for one purpose and one item.</summary>
    /// <param name="seed">The user's seed.</param>
    /// <param name="purpose">What it is for, a constant of the caller.</param>
    /// <param name="item">Which item, for instance a text's identity.</param>
    /// <param name="copy">Which of several for the same item.</param>
    public static RandomSequence For(long seed, ulong purpose, UInt128 item, int copy = 0)
    {
        var state = Mix((ulong)seed + 0x9E3779B97F4A7C15);
        state = Mix(state ^ purpose);
        state = Mix(state ^ (ulong)item);
        state = Mix(state ^ (ulong)(item >> 64));
        return new RandomSequence(Mix(state ^ (uint)copy));
    }

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        return Mix(_state);
    }

    /// <summary>
    /// A whole number from 0 up to, but not including, <paramref name="limit"/>: the high half of a 128-bit product, whose bias of limit/2^64 is
    /// beyond notice.
    /// </summary>
    public int Next(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return (int)Math.BigMul(Next(), (ulong)limit, out _);
    }

    /// <summary>A number from 0 up to, but not including, 1.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
