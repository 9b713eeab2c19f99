using FineTuneWorkflows.Text.Augmentation;
using FineTuneWorkflows.Text.Datasets.Reading;
using FineTuneWorkflows.Text.Labelling;

namespace FineTuneWorkflows.Text.Datasets;

/// <summary>What <c>dataset.json</c> says. Holds neither times nor folders, so that equal data gives equal bytes.</summary>
public sealed record DatasetInfo
{
    /// <summary>The layout that this version of the library writes and reads.</summary>
    public const int CurrentFormat = 2;

    /// <summary>The first layout, which is still read: it has no <see cref="Kind"/> and holds texts with one label.</summary>
    public const int FirstFormat = 1;

    /// <summary>The layout's version.</summary>
    public int Format { get; init; } = CurrentFormat;

    /// <summary>What the examples are.</summary>
    public DataKind Kind { get; init; }

    /// <summary>
    /// The labels, sorted ordinally, or as numbers where all are; a label's position is its class number. For tagged words the tags as <see cref="Labelling.IobTags.All"/> orders
    /// them; none for kinds without labels.
    /// </summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>What each split holds, under its name (<c>train</c>, <c>validation</c>, <c>test</c>).</summary>
    public required IReadOnlyDictionary<string, SplitSummary> Splits { get; init; }

    /// <summary>The files it was made from.</summary>
    public IReadOnlyList<SourceSummary> Sources { get; init; } = [];

    /// <summary>What was detected in the files or converted while they were read, see <see cref="ReadingNotes"/>.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Whether equal texts were removed; where they were not, the counts below are of rows that would have been.</summary>
    public bool Deduplicated { get; init; } = true;

    /// <summary>Rows removed because an equal text (see <see cref="TextIdentity"/>) with the same label, or labels or tags, stood in the same split.</summary>
    public long DuplicatesWithinSplits { get; init; }

    /// <summary>Rows removed because an equal text stood in a split that comes first: test before validation before train.</summary>
    public long DuplicatesAcrossSplits { get; init; }

    /// <summary>
    /// Different texts that stood there with more than one label; where that happened within one split, all of that split's rows with the text were
    /// removed.
    /// </summary>
    public long ContradictingTexts { get; init; }

    /// <summary>Rows removed because of contradicting labels.</summary>
    public long ContradictingRowsRemoved { get; init; }

    /// <summary>Rows left out because they did not parse or lacked a part that their kind has.</summary>
    public long BadRowsSkipped { get; init; }

    /// <summary>Conversations left out because they say that nothing of them is to be learned (<c>label</c> false, or no answer with a weight).</summary>
    public long UnlearnedConversations { get; init; }

    /// <summary>The first of those bad rows.</summary>
    public IReadOnlyList<BadRow> FirstBadRows { get; init; } = [];

    /// <summary>How the words of tagged words were divided, and so how a text is to be divided that a model of them is asked with; null for other kinds and in data of older
    /// versions.</summary>
    public WordDivision? Division { get; init; }

    /// <summary>What the places of entities count in the files that the dataset was made from; null where none were given so.</summary>
    public OffsetUnit? Offsets { get; init; }

    /// <summary>What became of entities that were marked by their places; null where none were.</summary>
    public SpanCounts? Spans { get; init; }

    /// <summary>Words that came divided, and how many of them <see cref="Division"/> would divide further; null where none did.</summary>
    public GivenWords? GivenWords { get; init; }

    /// <summary>Labels that are one number and so one class, such as <c>1</c> and <c>1.0</c>: the class first, then its other spellings. Mostly none.</summary>
    public IReadOnlyList<IReadOnlyList<string>> MergedLabels { get; init; } = [];

    /// <summary>What the scores of scored pairs can be; null for other kinds.</summary>
    public ScoreRange? Scores { get; init; }

    /// <summary>What augmentation added to the training split; null where there was none.</summary>
    public AugmentationReport? Augmentation { get; init; }

    /// <summary>Labels in the order that a dataset of the kind has them.</summary>
    internal static IReadOnlyList<string> Ordered(DataKind kind, IEnumerable<string> labels) => kind switch
    {
        DataKind.TokenClassification => IobTags.All(labels),
        _ => LabelNumber.Sorted(labels),
    };

    /// <summary>Whether labels stand in the order that a dataset of the kind has them, or had in older versions, which sorted numbers as texts.</summary>
    internal static bool IsOrdered(DataKind kind, IReadOnlyList<string> labels) =>
        labels.SequenceEqual(Ordered(kind, labels)) || (kind != DataKind.TokenClassification && labels.SequenceEqual(labels.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)));
}

/// <summary>What scores can be.</summary>
/// <param name="Low">The least, of texts that are not alike.</param>
/// <param name="High">The most, of texts that say the same.</param>
public sealed record ScoreRange(double Low, double High);
