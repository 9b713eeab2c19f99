using System.IO.Compression;

namespace FineTuneWorkflows.Text.Files;

/// <summary>
/// Unpacks gzip (RFC 1952), files of several members included, and throws where the packed file is cut short: .NET's own stream then ends as if all were
/// there. Checksum and length of each member are verified.
/// </summary>
/// <remarks>
/// A tiny member of our own is handed to the unpacker after the file's last byte. Where the file is whole, what it unpacks to comes out at the end; in a
/// file that is cut short the unpacker takes it for something else. Nothing of it is ever handed on.
/// </remarks>
internal sealed class WholeGzipStream : ForwardStream
{
    private const int MostAfterEnd = 1 << 20;

    private static readonly byte[] Mark = [0x9E, 0x37, 0x79, 0xB9, 0x7F, 0x4A, 0x7C, 0x15, 0xF3, 0x9C, 0xC0, 0x60, 0x5C, 0xED, 0xC8, 0x34];
    private static readonly byte[] PackedMark = Pack(Mark);

    private readonly FollowedStream _packed;
    private readonly GZipStream _unpacked;
    private bool _ended;

    /// <summary>Unpacks a stream, which is closed with this one.</summary>
    public WholeGzipStream(Stream packed)
    {
        _packed = new FollowedStream(packed, PackedMark);
        _unpacked = new GZipStream(_packed, CompressionMode.Decompress);
    }

    /// <exception cref="InvalidDataException">The file is not packed, damaged, cut short, or goes on after its packed data.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (_ended || buffer.IsEmpty) return 0;
        int read;
        try
        {
            read = _unpacked.Read(buffer);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException(
                _packed.Followed ? CutShort : _packed.IsGzip ? "the packed data are damaged" : "the file is not packed with gzip, though its name ends in .gz", e);
        }
        // The unpacker asks for more only when all that it was given has come out: what comes from then on comes of the mark.
        if (_packed.Followed)
        {
            RequireMark(buffer[..read]);
            _ended = true;
            return 0;
        }
        if (read == 0) throw new InvalidDataException("something that is not packed follows the packed data");
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _unpacked.Dispose();
        base.Dispose(disposing);
    }

    private const string CutShort = "the packed file is cut short; fetch or copy it again";

    private void RequireMark(ReadOnlySpan<byte> first)
    {
        if (_packed.IsEmpty) throw new InvalidDataException("the file is empty, though its name ends in .gz");
        var rest = new MemoryStream();
        rest.Write(first);
        Span<byte> more = stackalloc byte[256];
        try
        {
            for (int read; rest.Length < MostAfterEnd && (read = _unpacked.Read(more)) > 0;) rest.Write(more[..read]);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException(CutShort, e);
        }
        if (!rest.GetBuffer().AsSpan(0, (int)rest.Length).SequenceEqual(Mark)) throw new InvalidDataException(CutShort);
    }

    private static byte[] Pack(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.NoCompression)) stream.Write(bytes);
        return packed.ToArray();
    }

    /// <summary>A stream with some bytes after its end.</summary>
    private sealed class FollowedStream(Stream stream, byte[] after) : ForwardStream
    {
        private int _next;

        /// <summary>Whether the stream is at its end and the bytes after it were asked for.</summary>
        public bool Followed { get; private set; }

        public bool IsEmpty { get; private set; } = true;

        /// <summary>Whether the first byte is that of gzip.</summary>
        public bool IsGzip { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            if (!Followed)
            {
                var read = stream.Read(buffer);
                if (read > 0)
                {
                    if (IsEmpty) IsGzip = buffer[0] == 0x1F;
                    IsEmpty = false;
                    return read;
                }
                Followed = true;
            }
            var count = Math.Min(buffer.Length, after.Length - _next);
            after.AsSpan(_next, count).CopyTo(buffer);
            _next += count;
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) stream.Dispose();
            base.Dispose(disposing);
        }
    }
}
