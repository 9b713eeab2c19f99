namespace FineTuneWorkflows.Text.Files;

/// <summary>A stretch of whole lines of a UTF-8 file. Belongs to its <see cref="LineBlockReader"/> and is overwritten by the next one.</summary>
internal sealed class LineBlock
{
    private readonly List<int> _ends = [];
    private byte[] _bytes = new byte[LineBlockReader.BlockSize];

    /// <summary>The number, counted from 1, of the block's first line in the file.</summary>
    public long FirstLine { get; set; }

    /// <summary>How many lines.</summary>
    public int Count => _ends.Count;

    internal ref byte[] Bytes => ref _bytes;

    internal List<int> Ends => _ends;

    /// <summary>A line without its line break.</summary>
    public ReadOnlySpan<byte> Line(int index)
    {
        var start = index == 0 ? 0 : _ends[index - 1] + 1;
        return _bytes.AsSpan(start, _ends[index] - start).TrimEnd((byte)'\r');
    }
}
