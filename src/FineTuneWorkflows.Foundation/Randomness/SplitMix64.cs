namespace FineTuneWorkflows.Foundation.Randomness;

/// <summary>
/// A small generator whose numbers are the same on every machine and .NET version: SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom
/// number generators", OOPSLA 2014). Not for secrets.
/// </summary>
public struct SplitMix64(ulong seed)
{
    /// <summary>How far the state moves with each number.</summary>
    public const ulong Step = 0x9e3779b97f4a7c15;

    private ulong state = seed;

    /// <summary>The mixing function: spreads what differs in one bit over all 64.</summary>
    public static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }

    /// <summary>The next 64 random bits.</summary>
    public ulong Next() => Mix(state += Step);

    /// <summary>A number from 0 to <paramref name="bound"/> - 1, each equally likely (Lemire 2019, arXiv:1805.10941).</summary>
    public int NextBelow(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        ulong range = (ulong)bound;
        ulong threshold = unchecked(0UL - range) % range;
        while (true)
        {
            UInt128 product = (UInt128)Next() * range;
            if ((ulong)product >= threshold)
                return (int)(ulong)(product >> 64);
        }
    }

    /// <summary>A number in [0, 1) with 53 random bits.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Two independent standard normal numbers (Box and Muller 1958).</summary>
    public (double First, double Second) NextNormals()
    {
        double radius = Math.Sqrt(-2.0 * Math.Log(1.0 - NextDouble()));
        (double sin, double cos) = Math.SinCos(2.0 * Math.PI * NextDouble());
        return (radius * cos, radius * sin);
    }

    /// <summary>Puts the items into a random order, each equally likely (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int other = NextBelow(i + 1);
            (items[i], items[other]) = (items[other], items[i]);
        }
    }
}
