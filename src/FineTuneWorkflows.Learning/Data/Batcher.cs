using FineTuneWorkflows.Foundation.Randomness;

namespace FineTuneWorkflows.Learning.Data;

/// <summary>
/// Puts sequences of similar length into one batch, to pad little, without losing the shuffle: shuffle, cut into pools of some batches, sort each
/// pool by length, cut into batches, shuffle the batches.
/// </summary>
public static class Batcher
{
    private const int PoolBatches = 50;

    /// <summary>The batches of one epoch: each index once; depends on seed, epoch, lengths, batch size and token budget alone. The last-cut batch may be
    /// smaller.</summary>
    /// <param name="data">The sequences.</param>
    /// <param name="batchSize">The most sequences of a batch.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="tokenBudget">The most places of a batch, padding included; a single longer sequence is a batch of its own. 0, the default, does
    /// not bound it.</param>
    public static int[][] Shuffled(ISequenceDataset data, int batchSize, long seed, int epoch, int tokenBudget = 0)
    {
        int[] order = [.. Enumerable.Range(0, data.Count)];
        var random = new SplitMix64(DerivedSeed.For(seed, "shuffle", epoch));
        random.Shuffle<int>(order);
        int poolSize = checked(PoolBatches * batchSize);
        for (int start = 0; start < order.Length; start += poolSize)
            SortByLength(data, order.AsSpan(start, Math.Min(poolSize, order.Length - start)));
        int[][] batches = tokenBudget > 0 ? CutByTokens(data, order, batchSize, tokenBudget) : Cut(order, batchSize);
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

    /// <summary>The number of batches of an epoch without a token budget.</summary>
    public static int CountBatches(int count, int batchSize) => (int)(((long)count + batchSize - 1) / batchSize);

    private static void SortByLength(ISequenceDataset data, Span<int> indices)
    {
        long[] keys = new long[indices.Length];
        // The place breaks ties, so the order does not hang on how the sort treats equals.
        for (int i = 0; i < keys.Length; i++)
            keys[i] = ((long)data.Length(indices[i]) << 32) | (uint)i;
        keys.AsSpan().Sort(indices);
    }

    private static int[][] CutByTokens(ISequenceDataset data, int[] order, int batchSize, int tokenBudget)
    {
        var batches = new List<int[]>();
        int start = 0, longest = 0;
        for (int i = 0; i < order.Length; i++)
        {
            int length = data.Length(order[i]), count = i - start;
            if (count > 0 && (count == batchSize || (long)(count + 1) * Math.Max(longest, length) > tokenBudget))
            {
                batches.Add(order[start..i]);
                (start, longest) = (i, 0);
            }
            longest = Math.Max(longest, length);
        }
        batches.Add(order[start..]);
        return [.. batches];
    }

    private static int[][] Cut(int[] order, int batchSize) => [.. order.Chunk(batchSize)];
}
