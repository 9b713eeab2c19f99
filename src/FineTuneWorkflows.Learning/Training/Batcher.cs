using FineTuneWorkflows.Learning.Randomness;

namespace FineTuneWorkflows.Learning.Training;

/// <summary>
/// Puts sequences of similar length into one batch, to pad little, without losing the shuffle: shuffle, cut into pools of some batches, sort each
/// pool by length, cut into batches, shuffle the batches.
/// </summary>
public static class Batcher
{
    private const int PoolBatches = 50;

    /// <summary>The batches of one epoch: each index once; depends on seed, epoch, lengths and batch size alone. The last-cut batch may be
    /// smaller.</summary>
    /// <param name="data">The sequences.</param>
    /// <param name="batchSize">Sequences per batch.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    public static int[][] Shuffled(ISequenceDataset data, int batchSize, long seed, int epoch)
    {
        int[] order = [.. Enumerable.Range(0, data.Count)];
        var random = new SplitMix64(DerivedSeed.For(seed, "shuffle", epoch));
        random.Shuffle<int>(order);
        int poolSize = checked(PoolBatches * batchSize);
        for (int start = 0; start < order.Length; start += poolSize)
            SortByLength(data, order.AsSpan(start, Math.Min(poolSize, order.Length - start)));
        int[][] batches = Cut(order, batchSize);
        random.Shuffle<int[]>(batches);
        return batches;
    }

    /// <summary>All indices from the longest sequence to the shortest, in batches: for evaluation, where order does not matter.</summary>
    public static int[][] ByLength(ISequenceDataset data, int batchSize)
    {
        int[] order = [.. Enumerable.Range(0, data.Count)];
        SortByLength(data, order);
        order.AsSpan().Reverse();
        return Cut(order, batchSize);
    }

    /// <summary>The number of batches of an epoch.</summary>
    public static int CountBatches(int count, int batchSize) => (int)(((long)count + batchSize - 1) / batchSize);

    private static void SortByLength(ISequenceDataset data, Span<int> indices)
    {
        long[] keys = new long[indices.Length];
        // The place breaks ties, so the order does not hang on how the sort treats equals.
        for (int i = 0; i < keys.Length; i++)
            keys[i] = ((long)data.Length(indices[i]) << 32) | (uint)i;
        keys.AsSpan().Sort(indices);
    }

    private static int[][] Cut(int[] order, int batchSize) => [.. order.Chunk(batchSize)];
}
