using FineTuneWorkflows.Foundation.Randomness;

namespace FineTuneWorkflows.Benchmarks.Harness;

/// <summary>One generator that several share: <see cref="SplitMix64"/> as an object.</summary>
internal sealed class SeededRandom(ulong seed)
{
    private SplitMix64 random = new(seed);

    public ulong Next() => random.Next();

    /// <summary>From 0 up to, but not including, <paramref name="limit"/>.</summary>
    public int Next(int limit) => random.NextBelow(limit);

    /// <summary>From 0 up to, but not including, 1.</summary>
    public double NextDouble() => random.NextDouble();
}
