using System.IO.MemoryMappedFiles;
using FineTuneWorkflows.Text.Datasets;

namespace FineTuneWorkflows.Text.TokenFiles;

/// <summary>
/// One split's tokens, read from a memory-mapped file: opening costs the same whatever the size but for a look at the offsets and labels. Safe for
/// reading by many threads until it is disposed.
/// </summary>
public sealed unsafe class TokenSplit : IDisposable
{
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly TokenFileHeader _header;
    private byte* _start;

    private TokenSplit(string path, SplitName name, MemoryMappedFile map, MemoryMappedViewAccessor view, TokenFileHeader header)
    {
        Path = path;
        Name = name;
        _map = map;
        _view = view;
        _header = header;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
    }

    /// <summary>Which split.</summary>
    public SplitName Name { get; }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>How many rows.</summary>
    public int Count => (int)_header.Rows;

    /// <summary>How many tokens all rows have together, [CLS] and [SEP] included.</summary>
    public long Tokens => _header.Tokens;

    /// <summary>How many classes there are; labels are 0 to below this.</summary>
    public int Classes => _header.Classes;

    /// <summary>How many entries the vocabulary has; token ids are 0 to below this.</summary>
    public int VocabularySize => _header.VocabularySize;

    /// <summary>How many tokens a row has, [CLS] and [SEP] included.</summary>
    /// <param name="row">The row, from 0 to below <see cref="Count"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="ObjectDisposedException">The split was disposed.</exception>
    public int Length(int row)
    {
        var offsets = Offsets(row);
        return (int)(offsets[1] - offsets[0]);
    }

    /// <summary>The class number of a row.</summary>
    /// <param name="row">The row, from 0 to below <see cref="Count"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="ObjectDisposedException">The split was disposed.</exception>
    public int Label(int row)
    {
        Check(row);
        return ((int*)(_start + _header.LabelsPosition))[row];
    }

    /// <summary>Copies a row's token ids.</summary>
    /// <param name="row">The row, from 0 to below <see cref="Count"/>.</param>
    /// <param name="destination">Room for at least <see cref="Length"/> ids; what lies beyond stays as it is.</param>
    /// <returns>How many ids were copied.</returns>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="ObjectDisposedException">The split was disposed.</exception>
    public int CopyTokens(int row, Span<int> destination)
    {
        var offsets = Offsets(row);
        var length = (int)(offsets[1] - offsets[0]);
        if (destination.Length < length)
            throw new ArgumentException($"Row {row} has {length} tokens, the destination room for {destination.Length}.", nameof(destination));
        var tokens = _start + TokenFileHeader.Size + (offsets[0] * _header.BytesPerToken);
        if (_header.BytesPerToken == sizeof(int))
        {
            new ReadOnlySpan<int>(tokens, length).CopyTo(destination);
            return length;
        }
        var narrow = new ReadOnlySpan<ushort>(tokens, length);
        for (var i = 0; i < narrow.Length; i++) destination[i] = narrow[i];
        return length;
    }

    /// <summary>Copies a row's token ids into a new array.</summary>
    /// <param name="row">The row, from 0 to below <see cref="Count"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="ObjectDisposedException">The split was disposed.</exception>
    public int[] TokensOf(int row)
    {
        var ids = new int[Length(row)];
        CopyTokens(row, ids);
        return ids;
    }

    /// <summary>Reads every token id and checks that the vocabulary has it. Opening does not do this, because it reads the whole file.</summary>
    /// <param name="cancellationToken">Checked at every row.</param>
    /// <exception cref="TextDataException">An id is outside the vocabulary.</exception>
    /// <exception cref="ObjectDisposedException">The split was disposed.</exception>
    public void Verify(CancellationToken cancellationToken = default)
    {
        var ids = new int[1024];
        for (var row = 0; row < Count; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var length = Length(row);
            if (ids.Length < length) ids = new int[length * 2];
            CopyTokens(row, ids);
            foreach (var id in ids.AsSpan(0, length))
            {
                if ((uint)id >= (uint)VocabularySize)
                    throw Damaged(Path, $"row {row} has the token id {id}, the vocabulary ends before {VocabularySize}");
            }
        }
    }

    /// <summary>Unmaps the file.</summary>
    public void Dispose()
    {
        if (_start is null) return;
        _start = null;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map.Dispose();
    }

    /// <summary>Opens a token file and checks header, length, offsets and labels.</summary>
    internal static TokenSplit Open(string path, SplitName name)
    {
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("Token files are read on little-endian machines only.");
        MemoryMappedFile map;
        TokenFileHeader header;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
            var bytes = new byte[TokenFileHeader.Size];
            if (file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
                throw Damaged(path, $"it has only {file.Length} bytes");
            header = TokenFileHeader.Read(bytes, file.Length, path);
            map = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new TextDataException("the token file does not exist; tokenize again", path, inner: e);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new TextDataException($"the token file cannot be opened: {e.Message}", path, inner: e);
        }
        MemoryMappedViewAccessor? view = null;
        TokenSplit? split = null;
        try
        {
            view = map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
            if (view.Capacity < header.FileLength) throw Damaged(path, "it was cut short while it was opened");
            split = new TokenSplit(path, name, map, view, header);
            split.CheckIndex();
            return split;
        }
        catch
        {
            if (split is not null) split.Dispose();
            else view?.Dispose();
            map.Dispose();
            throw;
        }
    }

    private static TextDataException Damaged(string path, string what) => new($"the token file is damaged: {what}; tokenize again", path);

    private void CheckIndex()
    {
        var offsets = (long*)(_start + _header.OffsetsPosition);
        var labels = (int*)(_start + _header.LabelsPosition);
        if (offsets[0] != 0 || offsets[Count] != Tokens) throw Damaged(Path, "its offsets do not span its tokens");
        for (var row = 0; row < Count; row++)
        {
            var length = offsets[row + 1] - offsets[row];
            if (length is < 0 or > int.MaxValue) throw Damaged(Path, $"the offsets of row {row} do not rise");
            if ((uint)labels[row] >= (uint)Classes) throw Damaged(Path, $"row {row} has the label {labels[row]}, there are {Classes} classes");
        }
    }

    private void Check(int row)
    {
        ObjectDisposedException.ThrowIf(_start is null, this);
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Count);
    }

    private long* Offsets(int row)
    {
        Check(row);
        return (long*)(_start + _header.OffsetsPosition) + row;
    }
}
