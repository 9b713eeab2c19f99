using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace FineTuneWorkflows.Text.TokenFiles;

/// <summary>
/// Writes a token file row by row in constant memory: labels and lengths wait in two files beside it until <see cref="Complete"/> appends them.
/// </summary>
internal sealed class TokenFileWriter : IDisposable
{
    private readonly string _path;
    private readonly int _bytesPerToken;
    private readonly int _classes;
    private readonly int _vocabularySize;
    private readonly FileStream _file;
    private readonly FileStream _labels;
    private readonly FileStream _lengths;
    private byte[] _narrow = new byte[1024];
    private long _rows;
    private long _tokens;

    public TokenFileWriter(string path, int classes, int vocabularySize)
    {
        _path = path;
        _classes = classes;
        _vocabularySize = vocabularySize;
        _bytesPerToken = vocabularySize <= 65_536 ? sizeof(ushort) : sizeof(int);
        _file = new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16);
        _labels = Spill(path + ".labels.tmp");
        _lengths = Spill(path + ".lengths.tmp");
        _file.Write(new byte[TokenFileHeader.Size]);
    }

    public void Add(ReadOnlySpan<int> ids, int label)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(label);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(label, _classes);
        if (_bytesPerToken == sizeof(int))
        {
            _file.Write(MemoryMarshal.AsBytes(ids));
        }
        else
        {
            var size = ids.Length * sizeof(ushort);
            if (_narrow.Length < size) _narrow = new byte[size * 2];
            var narrow = MemoryMarshal.Cast<byte, ushort>(_narrow.AsSpan(0, size));
            for (var i = 0; i < ids.Length; i++) narrow[i] = (ushort)ids[i];
            _file.Write(_narrow, 0, size);
        }
        WriteInt32(_labels, label);
        WriteInt32(_lengths, ids.Length);
        _rows++;
        _tokens += ids.Length;
    }

    /// <summary>Appends labels and offsets, writes the header and flushes to the disk.</summary>
    public void Complete()
    {
        var header = new TokenFileHeader(_bytesPerToken, _rows, _tokens, _classes, _vocabularySize);
        PadTo(header.LabelsPosition);
        _labels.Position = 0;
        _labels.CopyTo(_file);
        PadTo(header.OffsetsPosition);
        WriteOffsets();
        Span<byte> bytes = stackalloc byte[TokenFileHeader.Size];
        header.Write(bytes);
        _file.Position = 0;
        _file.Write(bytes);
        _file.Flush(flushToDisk: true);
        if (_file.Length != header.FileLength)
            throw new InvalidOperationException($"{_path}: wrote {_file.Length} bytes instead of {header.FileLength}.");
    }

    public void Dispose()
    {
        _file.Dispose();
        _labels.Dispose();
        _lengths.Dispose();
    }

    private static FileStream Spill(string path) =>
        new(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);

    private static void WriteInt32(FileStream stream, int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        stream.Write(bytes);
    }

    private void PadTo(long position)
    {
        while (_file.Position < position) _file.WriteByte(0);
    }

    private void WriteOffsets()
    {
        _lengths.Position = 0;
        Span<byte> length = stackalloc byte[sizeof(int)];
        Span<byte> offset = stackalloc byte[sizeof(long)];
        long sum = 0;
        for (long row = 0; row <= _rows; row++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(offset, sum);
            _file.Write(offset);
            if (row == _rows) break;
            _lengths.ReadExactly(length);
            sum += BinaryPrimitives.ReadInt32LittleEndian(length);
        }
    }
}
