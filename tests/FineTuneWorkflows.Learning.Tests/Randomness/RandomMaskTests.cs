using CsCheck;
using FineTuneWorkflows.Learning.Randomness;

namespace FineTuneWorkflows.Learning.Tests.Randomness;

public unsafe class RandomMaskTests
{
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void The_share_of_zeros_is_the_one_asked_for_and_the_rest_is_the_other_value(double share)
    {
        const int count = 1_000_000;
        float[] mask = Fill(count, share, seed: 7);
        Assert.All(mask.Distinct(), value => Assert.True(value is 0 or 1.25f));
        // Five standard deviations of a binomial share.
        Assert.Equal(share, mask.Count(value => value == 0) / (double)count, (5 * Math.Sqrt(share * (1 - share) / count)) + 1e-12);
    }

    [Fact]
    public void Neighbours_rows_and_masks_of_near_seeds_are_independent()
    {
        const int count = 1 << 20;
        float[] mask = Fill(count, 0.5, seed: 7);
        foreach (int distance in (int[])[1, 2, 8, 64, 128, 768, 1024, 65536])
            AssertIndependent(mask, i => mask[(i + distance) % count], $"distance {distance}");
        foreach (ulong seed in (ulong[])[6, 8, 7 + (1UL << 32), 7UL << 32])
        {
            float[] other = Fill(count, 0.5, seed);
            AssertIndependent(mask, i => other[i], $"seed {seed}");
        }

        static void AssertIndependent(float[] mask, Func<int, float> other, string what)
        {
            double equal = Enumerable.Range(0, mask.Length).Count(i => mask[i] == other(i)) / (double)mask.Length;
            Assert.True(Math.Abs(equal - 0.5) < 5 * 0.5 / Math.Sqrt(mask.Length), $"{what}: {equal}");
        }
    }

    [Fact]
    public void Threads_and_the_rest_that_fills_no_vector_change_nothing() =>
        Gen.Int[0, 200_000].Select(Gen.ULong, Gen.Int[2, 4]).Sample((count, seed, threads) =>
        {
            float[] one = Fill(count, 0.3, seed), many = Fill(count, 0.3, seed, threads), longer = Fill(count + 11, 0.3, seed);
            return one.AsSpan().SequenceEqual(many) && one.AsSpan().SequenceEqual(longer.AsSpan(0, count));
        }, iter: 20);

    private static float[] Fill(int count, double share, ulong seed, int threads = 1)
    {
        float[] mask = new float[count];
        fixed (float* start = mask)
            RandomMask.Fill(start, count, share, 1.25f, seed, threads);
        return mask;
    }
}
