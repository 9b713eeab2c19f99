namespace FineTuneWorkflows.Text.Files;

/// <summary>
/// Reads a file in blocks of whole lines of about 256 KiB, so that the lines of a block can be worked on in parallel. Memory does not grow with the
/// file, only with its longest line, which is bounded.
/// </summary>
internal sealed class LineBlockReader : IDisposable
{
    public const int BlockSize = 1 << 18;

    /// <summary>The longest line unless it is said otherwise, as arrays can hold it and the line break: 1 GiB.</summary>
    private const int UsualMost = 1 << 30;

    private readonly string _path;
    private readonly int _mostBytes;
    private readonly FileStream _stream;
    private readonly LineBlock _block = new();
    private byte[] _rest = [];
    private int _restLength;
    private long _nextLine = 1;
    private bool _ended;

    public LineBlockReader(string path, int mostBytes = UsualMost)
    {
        (_path, _mostBytes) = (path, mostBytes);
        try
        {
            _stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new TextDataException($"the file cannot be opened: {e.Message}", path, inner: e);
        }
    }

    /// <summary>The next block, or null at the end.</summary>
    public LineBlock? Next()
    {
        if (_ended) return null;
        ref var bytes = ref _block.Bytes;
        if (bytes.Length < _restLength * 2L) Array.Resize(ref bytes, Doubled(_restLength));
        _rest.AsSpan(0, _restLength).CopyTo(bytes);
        var length = _restLength;
        var lastBreak = -1;
        while (true)
        {
            var read = Read(bytes.AsSpan(length));
            if (read == 0)
            {
                _ended = true;
                if (length == 0) return null;
                if (bytes[length - 1] != '\n')
                {
                    if (length == bytes.Length) Array.Resize(ref bytes, length + 1);
                    bytes[length++] = (byte)'\n';
                }
                lastBreak = length - 1;
                break;
            }
            var found = bytes.AsSpan(length, read).LastIndexOf((byte)'\n');
            if (found >= 0) lastBreak = length + found;
            length += read;
            if (length < bytes.Length) continue;
            if (lastBreak >= 0) break;
            if (length > _mostBytes) throw TooLong(_nextLine);
            Array.Resize(ref bytes, Doubled(bytes.Length));
        }
        KeepRest(bytes.AsSpan(lastBreak + 1, length - lastBreak - 1));
        FindLines(bytes.AsSpan(0, lastBreak + 1));
        return _block;
    }

    public void Dispose() => _stream.Dispose();

    private TextDataException TooLong(long line) => new($"the line is longer than {_mostBytes >> 20} MB, which is the limit", _path, line);

    private static int Doubled(int length) => (int)Math.Min(length * 2L, Array.MaxLength);

    private int Read(Span<byte> destination)
    {
        try
        {
            return _stream.Read(destination);
        }
        catch (IOException e)
        {
            throw new TextDataException($"the file cannot be read to its end: {e.Message}", _path, inner: e);
        }
    }

    private void KeepRest(ReadOnlySpan<byte> rest)
    {
        if (_rest.Length < rest.Length) _rest = new byte[rest.Length];
        rest.CopyTo(_rest);
        _restLength = rest.Length;
    }

    private void FindLines(ReadOnlySpan<byte> lines)
    {
        _block.Ends.Clear();
        _block.FirstLine = _nextLine;
        for (var start = 0; start < lines.Length;)
        {
            var end = start + lines[start..].IndexOf((byte)'\n');
            if (end - start > _mostBytes) throw TooLong(_nextLine + _block.Count);
            _block.Ends.Add(end);
            start = end + 1;
        }
        _nextLine += _block.Count;
    }
}
