namespace FineTuneWorkflows.Text.Conversations;

/// <summary>Joins texts to blocks of one length for language modeling (A. Radford et al., 2019), so that nothing is padded.</summary>
public static class BlockPacker
{
    /// <summary>Joins texts, an end token after each, and cuts the stream into blocks; what does not fill the last block is left out.</summary>
    /// <param name="texts">The texts' ids.</param>
    /// <param name="blockLength">Tokens of a block; 2 or more.</param>
    /// <param name="endId">The token after each text; null puts none.</param>
    /// <returns>The blocks; each <c>[blockLength]</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="blockLength"/> is below 2.</exception>
    public static IEnumerable<int[]> Pack(IEnumerable<IReadOnlyList<int>> texts, int blockLength, int? endId)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfLessThan(blockLength, 2);
        return PackCore(texts, blockLength, endId);
    }

    private static IEnumerable<int[]> PackCore(IEnumerable<IReadOnlyList<int>> texts, int blockLength, int? endId)
    {
        var builder = new BlockBuilder(blockLength, endId);
        foreach (var text in texts)
        {
            builder.Add([.. text]);
            while (builder.Take() is { } block) yield return block;
        }
    }
}
