using System.IO.MemoryMappedFiles;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Labelling;

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

    /// <summary>How many classes there are; labels are 0 to below this. 0 for kinds without labels.</summary>
    public int Classes => _header.Classes;

    /// <summary>Whether each row has one label, see <see cref="Label"/>.</summary>
    public bool HasLabels => _header.Has(TokenFileParts.Labels);

    /// <summary>Whether rows are pairs or triplets, see <see cref="SecondStart"/>.</summary>
    public bool HasSecondStarts => _header.Has(TokenFileParts.SecondStarts);

    /// <summary>Whether rows are triplets, see <see cref="ThirdStart"/>.</summary>
    public bool HasThirdStarts => _header.Has(TokenFileParts.ThirdStarts);

    /// <summary>Whether rows have scores, see <see cref="Score"/>.</summary>
    public bool HasScores => _header.Has(TokenFileParts.Scores);

    /// <summary>Whether rows are multi-label, see <see cref="CopyClasses"/>.</summary>
    public bool HasClasses => _header.Has(TokenFileParts.Classes);

    /// <summary>Whether each token has a label, see <see cref="CopyTokenLabels"/>.</summary>
    public bool HasTokenLabels => _header.BytesPerTokenLabel > 0;

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
    /// <exception cref="InvalidOperationException">Rows have no label, see <see cref="HasLabels"/>.</exception>
    /// <exception cref="ObjectDisposedException">The split was disposed.</exception>
    public int Label(int row)
    {
        Check(row);
        Require(HasLabels, "labels");
        return ((int*)(_start + _header.LabelsPosition))[row];
    }

    /// <summary>
    /// The first token of a pair's row that has type 1; the row's length where the family gives all tokens the type 0. Of texts that are encoded apart,
    /// for embeddings, the first token of the second.
    /// </summary>
    /// <param name="row">The row, from 0 to below <see cref="Count"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="InvalidOperationException">Rows are no pairs, see <see cref="HasSecondStarts"/>.</exception>
    /// <exception cref="ObjectDisposedException">The split was disposed.</exception>
    public int SecondStart(int row)
    {
        Check(row);
        Require(HasSecondStarts, "second texts");
        return ((int*)(_start + _header.SecondStartsPosition))[row];
    }

    /// <summary>The first token of a triplet's third text.</summary>
    /// <param name="row">The row, from 0 to below <see cref="Count"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="InvalidOperationException">Rows are no triplets, see <see cref="HasThirdStarts"/>.</exception>
    /// <exception cref="ObjectDisposedException">The split was disposed.</exception>
    public int ThirdStart(int row)
    {
        Check(row);
        Require(HasThirdStarts, "third texts");
        return ((int*)(_start + _header.ThirdStartsPosition))[row];
    }

    /// <summary>How alike a row's texts are, as the data says it.</summary>
    /// <param name="row">The row, from 0 to below <see cref="Count"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="InvalidOperationException">Rows have no scores, see <see cref="HasScores"/>.</exception>
    /// <exception cref="ObjectDisposedException">The split was disposed.</exception>
    public double Score(int row)
    {
        Check(row);
        Require(HasScores, "scores");
        return ((double*)(_start + _header.ScoresPosition))[row];
    }

    /// <summary>Copies a row's classes: true where the row has the class.</summary>
    /// <param name="row">The row, from 0 to below <see cref="Count"/>.</param>
    /// <param name="destination">Room for at least <see cref="Classes"/> values; what lies beyond stays as it is.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="InvalidOperationException">Rows have not many classes, see <see cref="HasClasses"/>.</exception>
    /// <exception cref="ObjectDisposedException">The split was disposed.</exception>
    public void CopyClasses(int row, Span<bool> destination)
    {
        Check(row);
        Require(HasClasses, "classes");
        if (destination.Length < Classes)
            throw new ArgumentException($"There are {Classes} classes, the destination has room for {destination.Length}.", nameof(destination));
        var bits = _start + _header.ClassesPosition + ((long)row * _header.ClassBytes);
        for (var i = 0; i < Classes; i++) destination[i] = (bits[i / 8] & (1 << (i % 8))) != 0;
    }

    /// <summary>
    /// Copies the labels of a row's tokens, not shifted; -100 where the loss and the metrics pass over a token: special tokens, a word's further
    /// sub-words unless all were to be labelled, and all that is not the assistant's in a conversation.
    /// </summary>
    /// <param name="row">The row, from 0 to below <see cref="Count"/>.</param>
    /// <param name="destination">Room for at least <see cref="Length"/> labels; what lies beyond stays as it is.</param>
    /// <returns>How many labels were copied.</returns>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="InvalidOperationException">Tokens have no labels, see <see cref="HasTokenLabels"/>.</exception>
    /// <exception cref="ObjectDisposedException">The split was disposed.</exception>
    public int CopyTokenLabels(int row, Span<int> destination)
    {
        var offsets = Offsets(row);
        Require(HasTokenLabels, "token labels");
        var length = Fits(row, offsets, destination);
        var labels = _start + _header.TokenLabelsPosition + (offsets[0] * _header.BytesPerTokenLabel);
        if (_header.BytesPerTokenLabel == sizeof(int))
        {
            new ReadOnlySpan<int>(labels, length).CopyTo(destination);
            return length;
        }
        var narrow = new ReadOnlySpan<short>(labels, length);
        for (var i = 0; i < narrow.Length; i++) destination[i] = narrow[i];
        return length;
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
        var length = Fits(row, offsets, destination);
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

    /// <summary>
    /// Reads every token id and every token's label and checks that the vocabulary or the classes have it. Opening does not do this, because it reads
    /// the whole file.
    /// </summary>
    /// <param name="cancellationToken">Checked at every row.</param>
    /// <exception cref="TextDataException">An id is outside the vocabulary, or a label outside the classes.</exception>
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
            if (!HasTokenLabels) continue;
            CopyTokenLabels(row, ids);
            foreach (var label in ids.AsSpan(0, length))
            {
                if (label != TokenLabels.Ignored && (uint)label >= (uint)_header.TokenLabelLimit)
                    throw Damaged(Path, $"row {row} has the token label {label}, labels end before {_header.TokenLabelLimit}");
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
        var seconds = (int*)(_start + _header.SecondStartsPosition);
        var thirds = (int*)(_start + _header.ThirdStartsPosition);
        var scores = (double*)(_start + _header.ScoresPosition);
        if (offsets[0] != 0 || offsets[Count] != Tokens) throw Damaged(Path, "its offsets do not span its tokens");
        for (var row = 0; row < Count; row++)
        {
            var length = offsets[row + 1] - offsets[row];
            if (length is < 0 or > int.MaxValue) throw Damaged(Path, $"the offsets of row {row} do not rise");
            if (HasLabels && (uint)labels[row] >= (uint)Classes)
                throw Damaged(Path, $"row {row} has the label {labels[row]}, there are {Classes} classes");
            if (HasSecondStarts && (ulong)seconds[row] > (ulong)length) throw Damaged(Path, $"the second text of row {row} begins beyond the row");
            if (HasThirdStarts && (thirds[row] < seconds[row] || thirds[row] > length)) throw Damaged(Path, $"the third text of row {row} does not follow the second within the row");
            if (HasScores && !double.IsFinite(scores[row])) throw Damaged(Path, $"the score of row {row} is not a number");
        }
    }

    private void Check(int row)
    {
        ObjectDisposedException.ThrowIf(_start is null, this);
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Count);
    }

    private static void Require(bool has, string what)
    {
        if (!has) throw new InvalidOperationException($"The rows of this file have no {what}.");
    }

    private static int Fits(int row, long* offsets, ReadOnlySpan<int> destination)
    {
        var length = (int)(offsets[1] - offsets[0]);
        return destination.Length >= length ? length
            : throw new ArgumentException($"Row {row} has {length} tokens, the destination room for {destination.Length}.", nameof(destination));
    }

    private long* Offsets(int row)
    {
        Check(row);
        return (long*)(_start + _header.OffsetsPosition) + row;
    }
}
