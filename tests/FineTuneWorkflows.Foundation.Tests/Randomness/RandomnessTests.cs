using FineTuneWorkflows.Foundation.Randomness;

namespace FineTuneWorkflows.Foundation.Tests.Randomness;

public class RandomnessTests
{
    [Fact]
    public void The_generator_gives_the_published_numbers()
    {
        // Seed 1234567, as printed by the reference implementation of SplitMix64.
        var random = new SplitMix64(1234567);
        Assert.Equal([6457827717110365317, 3203168211198807973, 9817491932198370423], new[] { random.Next(), random.Next(), random.Next() });
    }

    [Fact]
    public void Seeds_differ_by_every_part_and_stay_the_same_for_ever()
    {
        ulong[] seeds =
        [
            DerivedSeed.For(1, "a"), DerivedSeed.For(2, "a"), DerivedSeed.For(1, "b"), DerivedSeed.For(1, "a", 0), DerivedSeed.For(1, "a", 1),
            DerivedSeed.For(1, "a", 0, 1), DerivedSeed.For(1, "a", 1, 0),
        ];
        Assert.Equal(seeds.Length, seeds.Distinct().Count());
        // The first eight bytes of the SHA-256, computed elsewhere.
        Assert.Equal(17878271192908103911UL, DerivedSeed.For(42, "step", 1, 2));
    }

    [Fact]
    public void Bounded_numbers_are_even_and_shuffles_keep_all_items()
    {
        var random = new SplitMix64(9);
        int[] counts = new int[7];
        for (int i = 0; i < 70_000; i++)
            counts[random.NextBelow(7)]++;
        Assert.All(counts, count => Assert.InRange(count, 9_600, 10_400));
        int[] items = [.. Enumerable.Range(0, 100)];
        random.Shuffle<int>(items);
        Assert.Equal(Enumerable.Range(0, 100), items.Order());
        Assert.NotEqual(Enumerable.Range(0, 100), items);
    }
}
