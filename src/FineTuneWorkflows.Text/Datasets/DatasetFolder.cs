using FineTuneWorkflows.Text.Files;

namespace FineTuneWorkflows.Text.Datasets;

/// <summary>
/// The <c>dataset</c> artifact: a folder with <c>train.jsonl</c>, <c>validation.jsonl</c> and <c>test.jsonl</c> and <c>dataset.json</c>
/// (<see cref="DatasetInfo"/>). A line is, by kind, <c>{"text","label"}</c>, <c>{"text","second","label"}</c>, <c>{"text","labels":[...]}</c>,
/// <c>{"text","tokens":[...],"tags":[...]}</c>, where the text may be missing that is the tokens joined, <c>{"text"}</c>, <c>{"messages":[{"role","content"}]}</c>,
/// <c>{"anchor","positive"}</c>, <c>{"anchor","positive","negative"}</c> or <c>{"text_a","text_b","score"}</c>.
/// </summary>
public sealed class DatasetFolder
{
    /// <summary>The name of the file that describes the dataset.</summary>
    public const string InfoFile = "dataset.json";

    private readonly Dictionary<string, int> _classes;

    private DatasetFolder(string folder, DatasetInfo info)
    {
        Folder = folder;
        Info = info;
        _classes = info.Labels.Select((label, index) => (label, index)).ToDictionary(p => p.label, p => p.index, StringComparer.Ordinal);
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>What <c>dataset.json</c> says.</summary>
    public DatasetInfo Info { get; }

    /// <summary>What the examples are.</summary>
    public DataKind Kind => Info.Kind;

    /// <summary>The labels, see <see cref="DatasetInfo.Labels"/>.</summary>
    public IReadOnlyList<string> Labels => Info.Labels;

    /// <summary>How many examples a split holds.</summary>
    /// <param name="split">The split.</param>
    public long Count(SplitName split) => Info.Splits[split.ToText()].Count;

    /// <summary>The class number of a label: its position among <see cref="Labels"/>, or -1 for a label that is none of the dataset's.</summary>
    /// <param name="label">The label.</param>
    public int ClassOf(string label) => _classes.GetValueOrDefault(label, -1);

    /// <summary>The file that holds a split.</summary>
    /// <param name="split">The split.</param>
    public string FileOf(SplitName split) => FileOf(Folder, split);

    /// <summary>Opens a dataset folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="TextDataException">The folder or one of its files is missing, or <c>dataset.json</c> is damaged or of another
    /// format.</exception>
    public static DatasetFolder Open(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var path = Path.Combine(folder, InfoFile);
        var info = TextJson.Read<DatasetInfo>(path, "the description of a dataset");
        if (info.Format is not (DatasetInfo.CurrentFormat or DatasetInfo.FirstFormat))
            throw new TextDataException($"the dataset has format {info.Format}, this version reads format {DatasetInfo.CurrentFormat}", path);
        if (!DatasetInfo.IsOrdered(info.Kind, info.Labels))
            throw new TextDataException("the labels are not sorted or not different from each other", path);
        foreach (var split in SplitNames.All)
        {
            if (!info.Splits.TryGetValue(split.ToText(), out var summary) || summary.Count < 0)
                throw new TextDataException($"the split '{split.ToText()}' is not described", path);
            if (!File.Exists(FileOf(folder, split)))
                throw new TextDataException("the file does not exist; the dataset is not whole", FileOf(folder, split));
        }
        return new DatasetFolder(folder, info);
    }

    /// <summary>Reads a split's examples in their order, one at a time. Reading to the end verifies the counts.</summary>
    /// <param name="split">The split.</param>
    /// <param name="cancellationToken">Checked at every row.</param>
    /// <exception cref="TextDataException">While reading: a line does not parse, has a label that is not the dataset's, or the file holds more or
    /// fewer examples, of a label or in all, than <c>dataset.json</c> says.</exception>
    public IEnumerable<TextExample> Read(SplitName split, CancellationToken cancellationToken = default)
    {
        var path = FileOf(split);
        var summary = Info.Splits[split.ToText()];
        var perClass = new long[Labels.Count];
        long number = 0;
        var lines = new ExampleLine(Kind);
        using var reader = new LineBlockReader(path);
        while (reader.Next() is { } block)
        {
            for (var i = 0; i < block.Count; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                number++;
                var example = lines.Parse(block.Line(i), path, number);
                foreach (var label in example.LabelsAs(Kind)) perClass[RequireClass(label, path, number)]++;
                yield return example;
            }
        }
        Verify(path, summary, number, perClass);
    }

    /// <summary>The class of a label, or an error that names the line.</summary>
    internal int RequireClass(ReadOnlySpan<char> label, string path, long number)
    {
        return _classes.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(label, out var index) ? index
            : throw new TextDataException($"the dataset is damaged: the label '{label}' is not one of {string.Join(", ", Labels)}", path, number);
    }

    /// <summary>Compares what was read with what <c>dataset.json</c> says.</summary>
    internal void Verify(string path, SplitSummary summary, long count, ReadOnlySpan<long> perClass)
    {
        if (count != summary.Count)
            throw new TextDataException($"the dataset is damaged: {InfoFile} says {summary.Count} examples, the file has {count}", path);
        for (var i = 0; i < Labels.Count; i++)
        {
            var said = summary.Classes.GetValueOrDefault(Labels[i]);
            if (said != perClass[i])
                throw new TextDataException(
                    $"the dataset is damaged: {InfoFile} says {said} examples of '{Labels[i]}', the file has {perClass[i]}", path);
        }
    }

    internal static string FileOf(string folder, SplitName split) => Path.Combine(folder, split.ToText() + ".jsonl");
}
