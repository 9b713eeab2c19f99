using System.Buffers.Binary;

namespace FineTuneWorkflows.Text.TokenFiles;

/// <summary>
/// The first 64 bytes of a token file. All numbers are little-endian.
/// <code>
/// offset  size  what
///      0     8  magic, the ASCII characters FTWTOKEN
///      8     4  version: 1
///     12     4  bytes per token id: 2 (unsigned) where the vocabulary has 65,536 entries at most, else 4
///     16     8  rows
///     24     8  tokens
///     32     8  position of the labels: rows x int32
///     40     8  position of the offsets: (rows + 1) x int64; row i's tokens are those from offset i to below offset i + 1, counted in tokens
///     48     4  classes: labels are 0 to below this
///     52     4  entries of the vocabulary: ids are 0 to below this
///     56     8  the file's length in bytes
/// </code>
/// The tokens begin at 64; labels and offsets begin at the next multiple of 8 after what stands before them. Gaps are zero.
/// </summary>
internal readonly record struct TokenFileHeader(int BytesPerToken, long Rows, long Tokens, int Classes, int VocabularySize)
{
    public const int Size = 64;
    public const int Version = 1;

    private static ReadOnlySpan<byte> Magic => "FTWTOKEN"u8;

    public long LabelsPosition => Align(Size + (Tokens * BytesPerToken));

    public long OffsetsPosition => Align(LabelsPosition + (Rows * sizeof(int)));

    public long FileLength => OffsetsPosition + ((Rows + 1) * sizeof(long));

    public static long Align(long position) => (position + 7) & ~7L;

    public void Write(Span<byte> destination)
    {
        Magic.CopyTo(destination);
        BinaryPrimitives.WriteInt32LittleEndian(destination[8..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(destination[12..], BytesPerToken);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], Rows);
        BinaryPrimitives.WriteInt64LittleEndian(destination[24..], Tokens);
        BinaryPrimitives.WriteInt64LittleEndian(destination[32..], LabelsPosition);
        BinaryPrimitives.WriteInt64LittleEndian(destination[40..], OffsetsPosition);
        BinaryPrimitives.WriteInt32LittleEndian(destination[48..], Classes);
        BinaryPrimitives.WriteInt32LittleEndian(destination[52..], VocabularySize);
        BinaryPrimitives.WriteInt64LittleEndian(destination[56..], FileLength);
    }

    /// <summary>Reads and checks a header; everything in it must fit together and fit the file's real length.</summary>
    public static TokenFileHeader Read(ReadOnlySpan<byte> source, long realLength, string path)
    {
        if (!source[..8].SequenceEqual(Magic)) throw new TextDataException("this is no token file: it does not begin with FTWTOKEN", path);
        var version = BinaryPrimitives.ReadInt32LittleEndian(source[8..]);
        if (version != Version)
            throw new TextDataException($"the token file has version {version}, this library reads version {Version}; tokenize again", path);
        var header = new TokenFileHeader(
            BinaryPrimitives.ReadInt32LittleEndian(source[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[24..]),
            BinaryPrimitives.ReadInt32LittleEndian(source[48..]),
            BinaryPrimitives.ReadInt32LittleEndian(source[52..]));
        // Bounds first: with them the positions below cannot overflow.
        var sane = header.BytesPerToken is 2 or 4 && header.Rows is >= 0 and <= int.MaxValue && header.Tokens is >= 0 and < 1L << 60
            && header.Classes >= 0 && header.VocabularySize > 0
            && BinaryPrimitives.ReadInt64LittleEndian(source[32..]) == header.LabelsPosition
            && BinaryPrimitives.ReadInt64LittleEndian(source[40..]) == header.OffsetsPosition
            && BinaryPrimitives.ReadInt64LittleEndian(source[56..]) == header.FileLength;
        if (!sane) throw new TextDataException("the token file is damaged: its header contradicts itself; tokenize again", path);
        if (header.FileLength != realLength)
            throw new TextDataException(
                $"the token file is damaged: it has {realLength} bytes where its header says {header.FileLength}; tokenize again", path);
        return header;
    }
}
