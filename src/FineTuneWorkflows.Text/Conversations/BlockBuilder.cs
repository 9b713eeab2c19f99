namespace FineTuneWorkflows.Text.Conversations;

/// <summary>Joins texts to blocks of one length, as they come.</summary>
internal sealed class BlockBuilder(int blockLength, int? endId)
{
    private readonly Queue<int[]> _full = new();
    private int[] _block = new int[blockLength];
    private int _filled;

    /// <summary>What does not fill a block yet.</summary>
    public ReadOnlySpan<int> Rest => _block.AsSpan(0, _filled);

    /// <summary>Adds a text and, where there is one, the end token.</summary>
    public void Add(ReadOnlySpan<int> text)
    {
        Append(text);
        if (endId is { } end) Append([end]);
    }

    /// <summary>Takes a block that is full, or null.</summary>
    public int[]? Take() => _full.TryDequeue(out var block) ? block : null;

    private void Append(ReadOnlySpan<int> ids)
    {
        while (ids.Length > 0)
        {
            var taken = Math.Min(ids.Length, blockLength - _filled);
            ids[..taken].CopyTo(_block.AsSpan(_filled));
            ids = ids[taken..];
            _filled += taken;
            if (_filled < blockLength) return;
            _full.Enqueue(_block);
            _block = new int[blockLength];
            _filled = 0;
        }
    }
}
