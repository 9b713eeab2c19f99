using System.Text.Json;

namespace FineTuneWorkflows.Text.Datasets;

/// <summary>
/// Writes a dataset folder one example at a time. Only <see cref="Complete"/> writes <c>dataset.json</c>: without it the folder does not open.
/// </summary>
public sealed class DatasetFolderWriter : IDisposable
{
    private readonly string _folder;
    private readonly DataKind _kind;
    private readonly ExampleLine _line;
    private readonly Dictionary<SplitName, SplitFile> _files = [];

    /// <summary>Makes the folder and its three empty files; files of these names that are there are overwritten.</summary>
    /// <param name="folder">The folder; made where it is missing.</param>
    /// <param name="kind">What the examples are. Default: texts with one label.</param>
    /// <exception cref="TextDataException">The folder cannot be written.</exception>
    public DatasetFolderWriter(string folder, DataKind kind = DataKind.TextClassification)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        _folder = folder;
        _kind = kind;
        _line = new ExampleLine(kind);
        Guarded(() =>
        {
            Directory.CreateDirectory(folder);
            File.Delete(Path.Combine(folder, DatasetFolder.InfoFile));
            foreach (var split in SplitNames.All) _files.Add(split, new SplitFile(DatasetFolder.FileOf(folder, split), kind, _line));
        });
    }

    /// <summary>Appends an example to a split.</summary>
    /// <param name="split">The split.</param>
    /// <param name="example">The example.</param>
    /// <exception cref="ArgumentException">The text, or another part that the kind has, is empty.</exception>
    /// <exception cref="TextDataException">The file cannot be written, for instance because the disk is full.</exception>
    public void Add(SplitName split, TextExample example)
    {
        ArgumentNullException.ThrowIfNull(example);
        _line.Check(example);
        try
        {
            _files[split].Add(example);
        }
        catch (IOException e)
        {
            throw Unwritable(e);
        }
    }

    /// <summary>Flushes the files to the disk and writes <c>dataset.json</c>.</summary>
    /// <param name="describe">Gets the description with labels, counts and classes filled in and returns the one to write, for instance with sources
    /// added.</param>
    /// <returns>The finished folder.</returns>
    /// <exception cref="TextDataException">The files cannot be written.</exception>
    public DatasetFolder Complete(Func<DatasetInfo, DatasetInfo>? describe = null)
    {
        var labels = DatasetInfo.Ordered(_kind, _files.Values.SelectMany(f => f.Classes.Keys));
        var info = new DatasetInfo
        {
            Kind = _kind,
            Labels = labels,
            Splits = SplitNames.All.ToDictionary(s => s.ToText(), s => _files[s].Summary(labels)),
        };
        Guarded(() =>
        {
            foreach (var file in _files.Values) file.Finish();
            TextJson.Write(Path.Combine(_folder, DatasetFolder.InfoFile), describe is null ? info : describe(info));
        });
        return DatasetFolder.Open(_folder);
    }

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        foreach (var file in _files.Values) file.Dispose();
    }

    private void Guarded(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw Unwritable(e);
        }
    }

    private TextDataException Unwritable(Exception e) => new($"the folder cannot be written: {e.Message}", _folder, inner: e);

    private sealed class SplitFile(string path, DataKind kind, ExampleLine line) : IDisposable
    {
        private const int WriteAbove = 1 << 16;

        // Not buffered, so that closing it after a failure does not try to write again and hide the failure.
        private readonly FileStream _stream = new(path, FileMode.Create, FileAccess.Write, FileShare.None, 0);
        private readonly System.Buffers.ArrayBufferWriter<byte> _waiting = new(WriteAbove * 2);
        private Utf8JsonWriter? _json;
        private long _count;

        public Dictionary<string, long> Classes { get; } = new(StringComparer.Ordinal);

        public void Add(TextExample example)
        {
            if (_json is null) _json = new Utf8JsonWriter(_waiting, TextJson.Line);
            else _json.Reset(_waiting);
            line.Write(_json, example);
            _waiting.GetSpan(1)[0] = (byte)'\n';
            _waiting.Advance(1);
            foreach (var label in example.LabelsAs(kind)) Classes[label] = Classes.GetValueOrDefault(label) + 1;
            _count++;
            if (_waiting.WrittenCount > WriteAbove) Flush();
        }

        public SplitSummary Summary(IReadOnlyList<string> labels) =>
            new() { Count = _count, Classes = labels.ToDictionary(l => l, l => Classes.GetValueOrDefault(l), StringComparer.Ordinal) };

        public void Finish()
        {
            Flush();
            _stream.Flush(flushToDisk: true);
            _stream.Dispose();
        }

        public void Dispose()
        {
            _json?.Dispose();
            _stream.Dispose();
        }

        private void Flush()
        {
            _stream.Write(_waiting.WrittenSpan);
            _waiting.ResetWrittenCount();
        }
    }
}
