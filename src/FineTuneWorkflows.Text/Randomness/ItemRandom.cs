using FineTuneWorkflows.Foundation.Randomness;

namespace FineTuneWorkflows.Text.Randomness;

/// <summary>A generator for each purpose and each item instead of a shared one: then neither order nor parallel work changes a result.</summary>
internal static class ItemRandom
{
    /// <summary>The generator for one purpose and one item.</summary>
    /// <param name="seed">The user's seed.</param>
    /// <param name="purpose">What it is for, a constant of the caller.</param>
    /// <param name="item">Which item, for instance a text's identity.</param>
    /// <param name="copy">Which of several for the same item.</param>
    public static SplitMix64 For(long seed, ulong purpose, UInt128 item, int copy = 0)
    {
        var state = SplitMix64.Mix((ulong)seed + SplitMix64.Step);
        state = SplitMix64.Mix(state ^ purpose);
        state = SplitMix64.Mix(state ^ (ulong)item);
        state = SplitMix64.Mix(state ^ (ulong)(item >> 64));
        return new(SplitMix64.Mix(state ^ (uint)copy));
    }
}
