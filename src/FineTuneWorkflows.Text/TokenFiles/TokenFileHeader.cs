using System.Buffers.Binary;

namespace FineTuneWorkflows.Text.TokenFiles;

/// <summary>
/// The first 64 bytes of a token file. All numbers are little-endian.
/// <code>
/// offset  size  what
///      0     8  magic, the ASCII characters FTWTOKEN
///      8     4  version: 2
///     12     4  bytes per token id: 2 (unsigned) where the vocabulary has 65,536 entries at most, else 4
///     16     8  rows
///     24     8  tokens
///     32     4  classes: labels are 0 to below this
///     36     4  entries of the vocabulary: ids are 0 to below this
///     40     4  bytes per token label (signed): 2 where labels go to 32,767 at most, else 4; 0 where tokens have none
///     44     4  parts: the sum of those of <see cref="TokenFileParts"/> that the file has
///     48     8  zero
///     56     8  the file's length in bytes
/// </code>
/// Then follow, each at the next multiple of 8, gaps zero: the tokens; a label for each token; each row's label, int32; each row's first token of type
/// 1, or of the second of texts apart, int32; each row's first token of the third text, int32; each row's score, 64-bit floating point; each row's
/// classes, a bit each, whole bytes, the lowest bit first; the offsets, (rows + 1) x int64: row i's tokens are those from offset i to below offset
/// i + 1, counted in tokens.
/// </summary>
internal readonly record struct TokenFileHeader(
    int BytesPerToken, long Rows, long Tokens, int Classes, int VocabularySize, int BytesPerTokenLabel, TokenFileParts Parts)
{
    public const int Size = 64;
    public const int Version = 2;

    private static ReadOnlySpan<byte> Magic => "FTWTOKEN"u8;

    public int ClassBytes => Has(TokenFileParts.Classes) ? (Classes + 7) / 8 : 0;

    public long TokenLabelsPosition => Align(Size + (Tokens * BytesPerToken));

    public long LabelsPosition => Align(TokenLabelsPosition + (Tokens * BytesPerTokenLabel));

    public long SecondStartsPosition => Align(LabelsPosition + (Has(TokenFileParts.Labels) ? Rows * sizeof(int) : 0));

    public long ThirdStartsPosition => Align(SecondStartsPosition + (Has(TokenFileParts.SecondStarts) ? Rows * sizeof(int) : 0));

    public long ScoresPosition => Align(ThirdStartsPosition + (Has(TokenFileParts.ThirdStarts) ? Rows * sizeof(int) : 0));

    public long ClassesPosition => ScoresPosition + (Has(TokenFileParts.Scores) ? Rows * sizeof(double) : 0);

    public long OffsetsPosition => Align(ClassesPosition + (Rows * ClassBytes));

    public long FileLength => OffsetsPosition + ((Rows + 1) * sizeof(long));

    /// <summary>Token labels are below this.</summary>
    public int TokenLabelLimit => Has(TokenFileParts.LabelsAreIds) ? VocabularySize : Classes;

    public static long Align(long position) => (position + 7) & ~7L;

    public bool Has(TokenFileParts part) => (Parts & part) != 0;

    public void Write(Span<byte> destination)
    {
        destination[..Size].Clear();
        Magic.CopyTo(destination);
        BinaryPrimitives.WriteInt32LittleEndian(destination[8..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(destination[12..], BytesPerToken);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], Rows);
        BinaryPrimitives.WriteInt64LittleEndian(destination[24..], Tokens);
        BinaryPrimitives.WriteInt32LittleEndian(destination[32..], Classes);
        BinaryPrimitives.WriteInt32LittleEndian(destination[36..], VocabularySize);
        BinaryPrimitives.WriteInt32LittleEndian(destination[40..], BytesPerTokenLabel);
        BinaryPrimitives.WriteInt32LittleEndian(destination[44..], (int)Parts);
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
            BinaryPrimitives.ReadInt32LittleEndian(source[32..]),
            BinaryPrimitives.ReadInt32LittleEndian(source[36..]),
            BinaryPrimitives.ReadInt32LittleEndian(source[40..]),
            (TokenFileParts)BinaryPrimitives.ReadInt32LittleEndian(source[44..]));
        // Bounds first: with them the positions below cannot overflow.
        var sane = header.BytesPerToken is 2 or 4 && header.BytesPerTokenLabel is 0 or 2 or 4 && header.Rows is >= 0 and <= int.MaxValue
            && header.Tokens is >= 0 and < 1L << 59 && header.Classes is >= 0 and <= 1 << 24 && header.VocabularySize > 0
            && (header.Parts & ~TokenFileParts.All) == 0 && BinaryPrimitives.ReadInt64LittleEndian(source[48..]) == 0
            && BinaryPrimitives.ReadInt64LittleEndian(source[56..]) == header.FileLength;
        if (!sane) throw new TextDataException("the token file is damaged: its header contradicts itself; tokenize again", path);
        if (header.FileLength != realLength)
            throw new TextDataException(
                $"the token file is damaged: it has {realLength} bytes where its header says {header.FileLength}; tokenize again", path);
        return header;
    }
}
