using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace FineTuneWorkflows.Text.TokenFiles;

/// <summary>
/// Writes a token file row by row in constant memory: all but the tokens waits in files beside it until <see cref="Complete"/> appends them.
/// </summary>
internal sealed class TokenFileWriter : IDisposable
{
    private readonly string _path;
    private readonly TokenFileLayout _layout;
    private readonly FileStream _file;
    private readonly FileStream _lengths;
    private readonly FileStream? _tokenLabels;
    private readonly FileStream? _labels;
    private readonly FileStream? _secondStarts;
    private readonly FileStream? _thirdStarts;
    private readonly FileStream? _scores;
    private readonly FileStream? _classes;
    private readonly byte[] _bits;
    private byte[] _narrow = new byte[1024];
    private long _rows;
    private long _tokens;

    public TokenFileWriter(string path, TokenFileLayout layout)
    {
        _path = path;
        _layout = layout;
        var header = layout.Header(0, 0);
        _bits = new byte[header.ClassBytes];
        _file = new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16);
        _lengths = Spill(path + ".lengths.tmp");
        _tokenLabels = layout.TokenLabels ? Spill(path + ".token-labels.tmp") : null;
        _labels = header.Has(TokenFileParts.Labels) ? Spill(path + ".labels.tmp") : null;
        _secondStarts = header.Has(TokenFileParts.SecondStarts) ? Spill(path + ".seconds.tmp") : null;
        _thirdStarts = header.Has(TokenFileParts.ThirdStarts) ? Spill(path + ".thirds.tmp") : null;
        _scores = header.Has(TokenFileParts.Scores) ? Spill(path + ".scores.tmp") : null;
        _classes = header.Has(TokenFileParts.Classes) ? Spill(path + ".classes.tmp") : null;
        _file.Write(new byte[TokenFileHeader.Size]);
    }

    public void Add(in TokenRow row)
    {
        WriteNumbers(_file, row.Ids, _layout.BytesPerToken);
        if (_tokenLabels is not null)
        {
            if (row.TokenLabels.Length != row.Ids.Length) throw new ArgumentException("Each token needs a label.", nameof(row));
            WriteNumbers(_tokenLabels, row.TokenLabels, _layout.BytesPerTokenLabel);
        }
        if (_labels is not null)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(row.Label, nameof(row));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row.Label, _layout.Classes, nameof(row));
            WriteInt32(_labels, row.Label);
        }
        if (_secondStarts is not null) WriteInt32(_secondStarts, row.SecondStart);
        if (_thirdStarts is not null) WriteInt32(_thirdStarts, row.ThirdStart);
        if (_scores is not null) WriteDouble(_scores, row.Score);
        if (_classes is not null)
        {
            Array.Clear(_bits);
            foreach (var c in row.Classes) _bits[c / 8] |= (byte)(1 << (c % 8));
            _classes.Write(_bits);
        }
        WriteInt32(_lengths, row.Ids.Length);
        _rows++;
        _tokens += row.Ids.Length;
    }

    /// <summary>Appends what waited, writes the header and flushes to the disk.</summary>
    public void Complete()
    {
        var header = _layout.Header(_rows, _tokens);
        Append(_tokenLabels, header.TokenLabelsPosition);
        Append(_labels, header.LabelsPosition);
        Append(_secondStarts, header.SecondStartsPosition);
        Append(_thirdStarts, header.ThirdStartsPosition);
        Append(_scores, header.ScoresPosition);
        Append(_classes, header.ClassesPosition);
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
        _lengths.Dispose();
        _tokenLabels?.Dispose();
        _labels?.Dispose();
        _secondStarts?.Dispose();
        _thirdStarts?.Dispose();
        _scores?.Dispose();
        _classes?.Dispose();
    }

    private static FileStream Spill(string path) =>
        new(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);

    private static void WriteInt32(FileStream stream, int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        stream.Write(bytes);
    }

    private static void WriteDouble(FileStream stream, double value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
        stream.Write(bytes);
    }

    /// <summary>Writes ids or labels in four bytes each or the lower two, which hold -100 as well as 65,535.</summary>
    private void WriteNumbers(FileStream stream, ReadOnlySpan<int> numbers, int bytesPerNumber)
    {
        if (bytesPerNumber == sizeof(int))
        {
            stream.Write(MemoryMarshal.AsBytes(numbers));
            return;
        }
        var size = numbers.Length * sizeof(ushort);
        if (_narrow.Length < size) _narrow = new byte[size * 2];
        var narrow = MemoryMarshal.Cast<byte, ushort>(_narrow.AsSpan(0, size));
        for (var i = 0; i < numbers.Length; i++) narrow[i] = unchecked((ushort)numbers[i]);
        stream.Write(_narrow, 0, size);
    }

    private void Append(FileStream? part, long position)
    {
        if (part is null) return;
        PadTo(position);
        part.Position = 0;
        part.CopyTo(_file);
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
