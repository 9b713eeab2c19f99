using FineTuneWorkflows.Text.Labelling;

namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>How to read rows: which kind, which format, which columns, and what to do with rows that are no good.</summary>
public sealed record ReadOptions
{
    /// <summary>What the rows are. Default null: what the file shows, see <see cref="ExampleReader.KindOf"/>.</summary>
    public DataKind? Kind { get; init; }

    /// <summary>The format; null, the default, goes by the file's extension.</summary>
    public DataFormat? Format { get; init; }

    /// <summary>
    /// The column with the text. Default <c>text</c>; for pairs and triplets also <c>anchor</c>, for scored pairs <c>text_a</c> or <c>sentence1</c>. Names are compared exactly, case
    /// included.
    /// </summary>
    public string TextColumn { get; init; } = "text";

    /// <summary>The column with the second text of a pair. Default null: <c>second</c> where the kind is pairs with a label, <c>positive</c> of pairs and triplets
    /// for embeddings, <c>text_b</c> or <c>sentence2</c> of scored pairs, else there is none.</summary>
    public string? SecondColumn { get; init; }

    /// <summary>The column with the label, or with the list of labels. Default <c>label</c>; for many labels in JSON also <c>labels</c>.</summary>
    public string LabelColumn { get; init; } = "label";

    /// <summary>The column with the text that does not belong to the first, of triplets. Default null: <c>negative</c> where the kind is triplets, else there is none.</summary>
    public string? NegativeColumn { get; init; }

    /// <summary>The column with the score of a pair. Default null: <c>score</c> where the kind is scored pairs, else there is none.</summary>
    public string? ScoreColumn { get; init; }

    /// <summary>The least that a score can be; one below makes a bad row. Default 0.</summary>
    public double MinScore { get; init; }

    /// <summary>The most that a score can be; one above makes a bad row. Default 1.</summary>
    public double MaxScore { get; init; } = 1;

    /// <summary>What stands between the labels of a row with many, for instance <c>|</c>. Default null: a list in JSON.</summary>
    public string? LabelSeparator { get; init; }

    /// <summary>The column that says which split a row belongs to, see <see cref="SplitNames.TryParse"/>. Default null: there is none.</summary>
    public string? SplitColumn { get; init; }

    /// <summary>
    /// The column that says which rows belong together, such as a document or an author: a split that is drawn has all of a group or none. Default null:
    /// there is none.
    /// </summary>
    public string? GroupColumn { get; init; }

    /// <summary>
    /// What conversations and their messages have that does not matter, such as <c>timestamp</c>. What is not named here is kept for the chat template, and refused where that does not
    /// write it. Default: none.
    /// </summary>
    public IReadOnlyList<string> IgnoredFields { get; init; } = [];

    /// <summary>
    /// The encoding of files that have no byte order mark, by its registered name or a usual one, such as <c>GB18030</c>, <c>Shift_JIS</c>,
    /// <c>windows-1252</c>. Default null: UTF-8, or UTF-16 where the first bytes show it. Bytes that are not of the encoding make a bad row.
    /// </summary>
    public string? Encoding { get; init; }

    /// <summary>What separates the fields of a table, one character or several; <c>tab</c> and <c>\t</c> mean a tab. Default null: what a line <c>sep=</c> or
    /// the first lines show.</summary>
    public string? Delimiter { get; init; }

    /// <summary>What quotes mean in a table. Default <see cref="Quoting.Auto"/>.</summary>
    public Quoting Quoting { get; init; }

    /// <summary>Whether tables begin with the names of their columns; where they do not, columns are named by their numbers from 1. Default
    /// <see cref="HeaderRow.Auto"/>.</summary>
    public HeaderRow Header { get; init; }

    /// <summary>The column of a CoNLL file with the word, from 1. Default 0: the first, which must then not count the words.</summary>
    public int WordColumn { get; init; }

    /// <summary>The column of a CoNLL file with the tag, from 1. Default 0: the last.</summary>
    public int TagColumn { get; init; }

    /// <summary>The most bytes of a line, and characters of a quoted field, in mebibytes, 1 to 100. Default 64.</summary>
    public int MaxLineMegabytes { get; init; } = 64;

    /// <summary>What the start and end of entities count. Default <see cref="OffsetUnit.CodePoints"/>.</summary>
    public OffsetUnit Offsets { get; init; }

    /// <summary>What becomes of entities that begin or end inside a word. Default <see cref="MisalignedSpans.Widen"/>.</summary>
    public MisalignedSpans MisalignedSpans { get; init; }

    /// <summary>How texts with entities are divided into words; of words that came divided, how they were. Default null: by script; of words what they show.</summary>
    public WordDivision? Division { get; init; }

    /// <summary>What a document is in a plain text file. Default <see cref="DocumentBoundary.Line"/>.</summary>
    public DocumentBoundary Documents { get; init; }

    /// <summary>
    /// Whether rows have labels, tags or answers to learn from. False reads texts that are to be predicted: nothing but the text's, the second text's, the words' or the messages'
    /// columns is asked for, and a text may be empty. Default true.
    /// </summary>
    public bool WithLabels { get; init; } = true;

    /// <summary>What to do with a bad row. Default <see cref="BadRowPolicy.Fail"/>.</summary>
    public BadRowPolicy BadRows { get; init; } = BadRowPolicy.Fail;

    internal int MostLineBytes => MaxLineMegabytes << 20;

    /// <summary>The second column's name where pairs are read.</summary>
    internal string SecondName => SecondColumn ?? "second";

    /// <summary>The option that names a column which is missing.</summary>
    /// <param name="column">The column, by one of its names.</param>
    public string OptionOf(string column) =>
        column == TextColumn || column is "anchor" or "text_a" or "sentence1" ? nameof(TextColumn) : column == LabelColumn ? nameof(LabelColumn) : column == SplitColumn ? nameof(SplitColumn)
        : column == GroupColumn ? nameof(GroupColumn) : column == NegativeName ? nameof(NegativeColumn) : column == ScoreName ? nameof(ScoreColumn) : nameof(SecondColumn);

    /// <summary>The third column's name where triplets are read.</summary>
    internal string NegativeName => NegativeColumn ?? "negative";

    /// <summary>The score column's name where scored pairs are read.</summary>
    internal string ScoreName => ScoreColumn ?? "score";
}
