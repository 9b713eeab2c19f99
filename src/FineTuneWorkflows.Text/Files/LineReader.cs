using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace FineTuneWorkflows.Text.Files;

/// <summary>
/// Reads the lines of a text file, packed with gzip or not: each is decoded for itself and strictly, so that bytes without a meaning are known by their
/// line. Memory does not grow with the file, and no line is longer than the limit. Lines end with LF, CR LF or CR.
/// </summary>
internal sealed class LineReader : IDisposable
{
    private readonly Stream _stream;
    private readonly string _path;
    private readonly int _mostBytes;
    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;
    private bool _ended;
    private string? _guess;

    private LineReader(Stream stream, string path, TextEncoding? wanted, int mostBytes)
    {
        (_stream, _path, _mostBytes) = (stream, path, mostBytes);
        while (!_ended && _end < EncodingDetector.Sample) Fill();
        var start = _buffer.AsSpan(0, _end);
        if (Packing(start) is { } packing) throw new TextDataException($"the file is {packing}", path);
        if (EncodingDetector.ByMark(start) is var (marked, length))
        {
            Encoding = marked;
            _start = length;
        }
        else if (wanted is not null)
        {
            Encoding = wanted;
            LooksLikeUtf8 = wanted != TextEncoding.Utf8 && wanted.Unit == 1 && EncodingDetector.LooksLikeUtf8(start);
        }
        else
        {
            var recognised = EncodingDetector.Utf16WithoutMark(start);
            IsRecognised = recognised is not null;
            Encoding = recognised ?? TextEncoding.Utf8;
        }
    }

    /// <summary>The most bytes of a line unless it is said otherwise: 64 MiB.</summary>
    public const int UsualMost = 64 << 20;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file; unpacked where its name ends in <c>.gz</c>.</param>
    /// <param name="encoding">Its encoding; null takes UTF-8, or UTF-16 where the first bytes show it. A byte order mark comes first.</param>
    /// <param name="mostBytes">The most bytes of a line.</param>
    /// <exception cref="TextDataException">The file is missing or cannot be read.</exception>
    public static LineReader Open(string path, TextEncoding? encoding = null, int mostBytes = UsualMost)
    {
        Stream? stream = null;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
            if (!stream.CanSeek) throw new IOException("it is a pipe, which can be read only once; write what comes from it to a file");
            if (IsPacked(path)) stream = new WholeGzipStream(stream);
            return new LineReader(stream, path, encoding, mostBytes);
        }
        catch (Exception e)
        {
            stream?.Dispose();
            throw e switch
            {
                FileNotFoundException or DirectoryNotFoundException => new TextDataException("the file does not exist", path, inner: e),
                UnauthorizedAccessException or IOException => new TextDataException($"the file cannot be opened: {e.Message}", path, inner: e),
                _ => e,
            };
        }
    }

    /// <summary>What a file is that is no text, by its first bytes; null where they may be those of a text.</summary>
    private static string? Packing(ReadOnlySpan<byte> start) =>
        start.StartsWith<byte>([0x1F, 0x8B, 8]) ? "packed with gzip, though its name does not say so; name it .gz, or unpack it"
        : start.StartsWith<byte>([0x50, 0x4B, 3, 4]) ? "a ZIP archive or a workbook; unpack it, or save it as CSV"
        : start.StartsWith("PAR1"u8) && start.Contains((byte)0) ? "a Parquet file; write it as JSON Lines or CSV"
        : null;

    private static readonly LineProblem Shifted =
        new("the line has the shift sequences of ISO 2022", new OptionAdvice("Encoding", "ISO-2022-JP", "the file is that"));

    /// <summary>Whether a file's name says that it is packed.</summary>
    public static bool IsPacked(string path) => path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);

    /// <summary>How the lines are decoded.</summary>
    public TextEncoding Encoding { get; }

    /// <summary>Whether the encoding was neither asked for nor named by a mark, and is not UTF-8.</summary>
    public bool IsRecognised { get; }

    /// <summary>Whether another encoding was asked for, and yet the first bytes are UTF-8 beyond ASCII.</summary>
    public bool LooksLikeUtf8 { get; }

    /// <summary>The line, counted from 1; 0 before the first.</summary>
    public long Number { get; private set; }

    /// <summary>The line without its break; empty where there is a <see cref="Problem"/>.</summary>
    public string Line { get; private set; } = "";

    /// <summary>How the line ends; empty where the file ends without a break.</summary>
    public string Break { get; private set; } = "";

    /// <summary>Why the line's bytes are no text, or null.</summary>
    public LineProblem? Problem { get; private set; }

    /// <summary>Goes to the next line.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="TextDataException">The line is longer than the limit, or the file cannot be read on.</exception>
    public bool Read()
    {
        for (var searched = 0; ;)
        {
            var found = BreakIn(_buffer.AsSpan(_start + searched, _end - _start - searched));
            if (found >= 0)
            {
                Take(searched + found);
                return true;
            }
            searched = (_end - _start) & -Encoding.Unit;
            if (searched > _mostBytes) throw TooLong();
            if (_ended)
            {
                if (_end == _start) return false;
                Decode(_buffer.AsSpan(_start, _end - _start));
                (_start, Break) = (_end, "");
                return true;
            }
            Fill();
        }
    }

    public void Dispose() => _stream.Dispose();

    /// <summary>The bytes of a line break's character, and the next one's where it belongs to the same break.</summary>
    private void Take(int length)
    {
        if (length > _mostBytes) throw TooLong();
        var unit = Encoding.Unit;
        var isReturn = UnitAt(_start + length) == '\r';
        // What follows a CR decides whether it is half of a break.
        while (isReturn && _start + length + (2 * unit) > _end && !_ended) Fill();
        Decode(_buffer.AsSpan(_start, length));
        var isPair = isReturn && _start + length + (2 * unit) <= _end && UnitAt(_start + length + unit) == '\n';
        Break = isPair ? "\r\n" : isReturn ? "\r" : "\n";
        _start += length + (isPair ? 2 * unit : unit);
    }

    private int UnitAt(int index) => Encoding.Unit switch
    {
        1 => _buffer[index],
        2 => BigEndian ? (_buffer[index] << 8) | _buffer[index + 1] : _buffer[index] | (_buffer[index + 1] << 8),
        _ => BigEndian ? (_buffer[index + 2] << 8) | _buffer[index + 3] : _buffer[index] | (_buffer[index + 1] << 8),
    };

    private int BreakIn(ReadOnlySpan<byte> bytes)
    {
        switch (Encoding.Unit)
        {
            case 1:
                return bytes.IndexOfAny((byte)'\n', (byte)'\r');
            case 2:
                var (feed, back) = BigEndian ? ((ushort)0x0A00, (ushort)0x0D00) : ((ushort)'\n', (ushort)'\r');
                return 2 * MemoryMarshal.Cast<byte, ushort>(bytes).IndexOfAny(feed, back) is var i and >= 0 ? i : -1;
            default:
                var (wideFeed, wideBack) = BigEndian ? (0x0A000000u, 0x0D000000u) : ('\n', (uint)'\r');
                return 4 * MemoryMarshal.Cast<byte, uint>(bytes).IndexOfAny(wideFeed, wideBack) is var j and >= 0 ? j : -1;
        }
    }

    private bool BigEndian => ReferenceEquals(Encoding, TextEncoding.Utf16BigEndian) || ReferenceEquals(Encoding, TextEncoding.Utf32BigEndian);

    private void Decode(ReadOnlySpan<byte> bytes)
    {
        Number++;
        Problem = null;
        try
        {
            Line = Encoding.Strict.GetString(bytes);
            // A file that was appended to another keeps its byte order mark.
            if (Line.StartsWith('\uFEFF')) Line = Line[1..];
            if (Encoding == TextEncoding.Utf8 && HasShifts(Line)) (Line, Problem) = ("", Shifted);
        }
        catch (DecoderFallbackException e)
        {
            Line = "";
            Problem = Undecodable(bytes, e);
        }
    }

    // Encodings of ISO 2022 write other alphabets with the bytes of ASCII, between sequences that begin with an escape: $ or ( and the letter of a set.
    private static bool HasShifts(string line)
    {
        for (var at = line.IndexOf('\x1B', StringComparison.Ordinal); at >= 0 && at + 2 < line.Length; at = line.IndexOf('\x1B', at + 1))
        {
            if (line[at + 1] == '$' && line[at + 2] is '@' or 'B' or '(' or ')' or '*') return true;
        }
        return false;
    }

    private LineProblem Undecodable(ReadOnlySpan<byte> line, DecoderFallbackException e)
    {
        var at = Math.Clamp(e.Index, 0, line.Length - 1);
        var unknown = e.BytesUnknown is { Length: > 0 } some ? some : [line[at]];
        // .NET names the place after half a character of UTF-16 where another follows.
        if (at >= unknown.Length && !line[at..].StartsWith(unknown) && line[(at - unknown.Length)..].StartsWith(unknown)) at -= unknown.Length;
        var bytes = Convert.ToHexString(unknown);
        var problem = string.Create(CultureInfo.InvariantCulture, $"byte {at + 1} of the line (0x{bytes}) is not {Encoding.Name}");
        if (Encoding != TextEncoding.Utf8) return new(problem + "; the file is damaged or has another encoding");
        // This line and those that are here already, as far as they are whole.
        if (_guess is null)
        {
            var rest = _buffer.AsSpan(_start, _end - _start);
            _guess = EncodingGuess.Of(rest[..Math.Max(line.Length, rest.LastIndexOf((byte)'\n') + 1)]);
        }
        return new(problem, new OptionAdvice("Encoding", _guess, "the file is that, as its letters suggest"));
    }

    private TextDataException TooLong()
    {
        var shown = string.Concat(_buffer.AsSpan(_start, Math.Min(40, _end - _start)).ToArray().Where(b => b is >= 0x20 and < 0x7F).Select(b => (char)b));
        return new TextDataException(
            string.Create(CultureInfo.InvariantCulture, $"the line is longer than {_mostBytes / (double)(1 << 20):0.###} MB, which is the limit; it begins with {shown}"),
            _path, Number + 1, null, [new("MaxLineMegabytes", "100", "lines may be longer")]);
    }

    /// <summary>Reads more behind what is there.</summary>
    private void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        try
        {
            var read = _stream.Read(_buffer, _end, _buffer.Length - _end);
            _ended = read == 0;
            _end += read;
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw new TextDataException($"the file cannot be read to its end: {e.Message}", _path, Number + 1, e);
        }
    }
}
