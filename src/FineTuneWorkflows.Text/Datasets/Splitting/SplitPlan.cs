using System.Runtime.InteropServices;
using FineTuneWorkflows.Text.Datasets.Reading;
using FineTuneWorkflows.Text.Files;
using FineTuneWorkflows.Text.Labelling;

namespace FineTuneWorkflows.Text.Datasets.Splitting;

/// <summary>The first pass over the files: what is in them, and which row goes where.</summary>
internal sealed class SplitPlan
{
    private const int ProgressEvery = 20_000;

    private readonly SplitRequest _request;
    private readonly List<RowKey> _rows = [];
    private readonly Dictionary<string, int> _labels = new(StringComparer.Ordinal);
    private readonly List<string> _labelNames = [];
    private readonly LabelSpellings _spellings = new();
    private readonly DivisionObserver _division = new();
    private SpanCounts? _spans;
    private bool _hasEntities;
    private readonly List<(SplitName Split, string File, long Line)> _firstUse = [];
    private readonly HashSet<string> _trainLabels = new(StringComparer.Ordinal);

    public SplitPlan(SplitRequest request)
    {
        Kind = ExampleReader.KindOf(request.Files[0], request.Read);
        _request = request with { Read = request.Read with { Kind = Kind } };
    }

    /// <summary>What the rows of all files are.</summary>
    public DataKind Kind { get; }

    public BadRowLog BadRows { get; } = new();

    /// <summary>What the readers found out about the files.</summary>
    public ReadingNotes Notes { get; } = new();

    public List<SourceSummary> Sources { get; } = [];

    public Membership Membership { get; } = new();

    /// <summary>The classes whose labels are spelled in more than one way.</summary>
    public LabelSpellings Spellings => _spellings;

    /// <summary>What became of entities that were marked by their places; null where none were.</summary>
    public SpanCounts? Spans => _spans;

    /// <summary>How words are divided: as was asked for, else as texts with entities were, else as the words that came divided show.</summary>
    public WordDivision? Division => Kind != DataKind.TokenClassification ? null : _request.Read.Division ?? (_spans is null ? _division.Shown : WordDivision.Words);

    /// <summary>The words that came divided; null where none did.</summary>
    public GivenWords? GivenWords => Division is { } division ? _division.Summary(division) : null;

    /// <summary>The split of each good row in reading order; <see cref="RowKey.Removed"/> where it stays out.</summary>
    public byte[] SplitOfRow { get; private set; } = [];

    /// <summary>The files in reading order, each with the split that all its rows have, or null.</summary>
    public IEnumerable<(string File, SplitName? Split)> Files()
    {
        var separate = _request.ValidationFiles.Count > 0 || _request.TestFiles.Count > 0;
        foreach (var file in _request.Files) yield return (file, null);
        if (!separate) yield break;
        foreach (var file in _request.ValidationFiles) yield return (file, SplitName.Validation);
        foreach (var file in _request.TestFiles) yield return (file, SplitName.Test);
    }

    /// <summary>The options for a file: the split column counts only where the file itself does not say the split.</summary>
    public ReadOptions OptionsFor(SplitName? split) => split is null ? _request.Read : _request.Read with { SplitColumn = null };

    public void Read(IProgress<TextProgress>? progress, CancellationToken cancellationToken)
    {
        foreach (var (file, split) in Files())
        {
            var digest = FileDigest.Of(file, null, cancellationToken);
            long rows = 0;
            foreach (var row in ExampleReader.Read(file, OptionsFor(split), BadRows, Notes, cancellationToken))
            {
                Add(file, row, split ?? row.Split);
                if (++rows % ProgressEvery == 0) progress?.Report(new TextProgress("reading", _rows.Count, null, "rows"));
            }
            Sources.Add(new SourceSummary { Name = Path.GetFileName(file), Sha256 = digest, Rows = rows });
        }
        progress?.Report(new TextProgress("reading", _rows.Count, _rows.Count, "rows"));
    }

    public void Decide()
    {
        var rows = CollectionsMarshal.AsSpan(_rows);
        RequireUsableLabels();
        var given = Given(rows);
        PromoteTrainToUnassigned(rows, given);
        Membership.Find(rows, remove: _request.Deduplicate);
        var draw = new Draw(_request.Seed, given.Validation ? 0 : _request.ValidationShare, given.Test ? 0 : _request.TestShare,
            given.Validation ? 0 : _request.Folds, _request.Fold);
        var drawn = _request.Deduplicate ? [] : Drawn(rows);
        if (_request.Read.GroupColumn is null && !Kind.GroupsByFirstText()) draw.ByClass(rows);
        else draw.ByGroup(rows);
        if (!_request.Deduplicate) Draw.KeepEqualTextsTogether(rows, drawn);
        RequireNoEmptySplit(rows);
        NoteSharedAnchors(rows);
        SplitOfRow = new byte[rows.Length];
        foreach (ref var row in rows) SplitOfRow[row.Row] = row.Split;
        _rows.Clear();
        _rows.TrimExcess();
    }

    // Splits that were given may share anchors, of which a model then has seen one positive.
    private void NoteSharedAnchors(ReadOnlySpan<RowKey> rows)
    {
        if (!Kind.GroupsByFirstText() || _request.Read.GroupColumn is not null) return;
        var training = new HashSet<ulong>();
        foreach (ref readonly var row in rows)
        {
            if (row.Split == (byte)SplitName.Train) training.Add(row.Group);
        }
        var shared = 0L;
        foreach (ref readonly var row in rows)
        {
            if (row.Split is (byte)SplitName.Validation or (byte)SplitName.Test && training.Contains(row.Group)) shared++;
        }
        if (shared > 0) Notes.Count(_request.Files[0], "validation and test rows have an anchor that training has too, with another text beside it", shared);
    }

    private static bool[] Drawn(ReadOnlySpan<RowKey> rows)
    {
        var drawn = new bool[rows.Length];
        for (var i = 0; i < drawn.Length; i++) drawn[i] = rows[i].Split == RowKey.Unassigned;
        return drawn;
    }

    private void Add(string file, in SourceRow row, SplitName? split)
    {
        var label = Kind.HasOneLabel() ? LabelOf(file, row, split) : 0;
        foreach (var name in Kind == DataKind.MultiLabelClassification ? row.Example.Labels : []) _spellings.Add(name);
        if (row.Example.Spans is { } spans) _spans = _spans?.Plus(spans) ?? spans;
        else if (Kind == DataKind.TokenClassification) _division.Add(row.Example.Words);
        _hasEntities |= row.Example.Spans is { Entities: > 0 } || row.Example.Tags.Any(tag => tag != IobTags.Outside);
        _rows.Add(new RowKey
        {
            Text = ExampleIdentity.Of(row.Example),
            Exact = ExampleIdentity.Exact(row.Example),
            Row = _rows.Count,
            Label = label,
            Group = row.Group is { } group ? (ulong)TextIdentity.Hash(group.Trim()) : Kind.GroupsByFirstText() ? (ulong)TextIdentity.Of(row.Example.Text) : 0,
            Answer = ExampleIdentity.Answer(LabelSpellings.Keyed(row.Example, Kind), Kind),
            Split = split is null ? RowKey.Unassigned : (byte)split,
        });
    }

    private int LabelOf(string file, in SourceRow row, SplitName? split)
    {
        // Labels that are one number are one class; the first spelling stands for it in messages.
        var key = _spellings.Add(row.Label);
        if (!_labels.TryGetValue(key, out var label))
        {
            label = _labelNames.Count;
            _labels.Add(key, label);
            _labelNames.Add(row.Label);
            _firstUse.Add((split ?? SplitName.Train, file, row.Line));
        }
        if (split is null or SplitName.Train) _trainLabels.Add(_labelNames[label]);
        return label;
    }

    private static (bool Validation, bool Test) Given(ReadOnlySpan<RowKey> rows)
    {
        bool validation = false, test = false;
        foreach (ref readonly var row in rows)
        {
            validation |= row.Split == (byte)SplitName.Validation;
            test |= row.Split == (byte)SplitName.Test;
        }
        return (validation, test);
    }

    /// <summary>A split that is not given is taken from the training rows; rows with the split train are as good as those without any.</summary>
    private static void PromoteTrainToUnassigned(Span<RowKey> rows, (bool Validation, bool Test) given)
    {
        if (given is (true, true)) return;
        foreach (ref var row in rows)
        {
            if (row.Split == (byte)SplitName.Train) row.Split = RowKey.Unassigned;
        }
    }

    private void RequireUsableLabels()
    {
        if (_rows.Count == 0) throw new TextDataException($"no row is left, all {BadRows.Count} are bad", _request.Files[0]);
        for (var i = 0; i < _labelNames.Count; i++)
        {
            if (_trainLabels.Contains(_labelNames[i])) continue;
            var (split, file, line) = _firstUse[i];
            throw new TextDataException(
                $"the label '{_labelNames[i]}' in {split.ToText()} does not occur in training, whose labels are: "
                + $"{string.Join(", ", LabelNumber.Sorted(_trainLabels))}", file, line);
        }
        if (Kind == DataKind.TokenClassification && !_hasEntities)
            throw new TextDataException("no row has an entity: there is nothing to learn (are the entities in another member or column?)", _request.Files[0]);
        if (_labelNames.Count > 1 && _labelNames.TrueForAll(TagScheme.IsTag))
            Notes.Say(_request.Files[0], $"the labels are tags of words ({string.Join(", ", _labelNames.Take(3))}), and each row is a text by itself: to find entities in sentences give CoNLL files or JSON Lines with tokens and tags");
        if (_labelNames.Count == 1)
            throw new TextDataException(
                $"all rows have the label '{_labelNames[0]}'; a classifier needs at least two classes (is '{_request.Read.LabelColumn}' the right "
                + "column?)", _request.Files[0]);
    }

    private void RequireNoEmptySplit(ReadOnlySpan<RowKey> rows)
    {
        var counts = new long[3];
        var trainClasses = new HashSet<int>();
        foreach (ref readonly var row in rows)
        {
            if (row.Split == RowKey.Removed) continue;
            counts[row.Split]++;
            if (row.Split == (byte)SplitName.Train) trainClasses.Add(row.Label);
        }
        foreach (var split in SplitNames.All)
        {
            if (counts[(int)split] > 0) continue;
            var advice = split == SplitName.Train ? "give more rows or smaller shares" : $"give more rows, a larger share or a {split.ToText()} file";
            throw new TextDataException(
                $"the {split.ToText()} split is empty: {rows.Length} rows, {Membership.DuplicatesAcross + Membership.DuplicatesWithin} duplicates "
                + $"and {Membership.ContradictingRows} contradicting rows {(_request.Deduplicate ? "removed" : "kept")}; {advice}", _request.Files[0]);
        }
        for (var i = 0; i < _labelNames.Count; i++)
        {
            if (!trainClasses.Contains(i))
                throw new TextDataException(
                    $"no row with the label '{_labelNames[i]}' is left in training after duplicates were removed; give more rows of that class",
                    _request.Files[0]);
        }
    }
}
