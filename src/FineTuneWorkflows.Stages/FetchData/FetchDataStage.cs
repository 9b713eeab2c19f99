using System.ComponentModel.DataAnnotations;
using FineTuneWorkflows.Foundation.Parameters;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Stages.Reporting;
using FineTuneWorkflows.Stages.Validation;
using FineTuneWorkflows.Text;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Datasets.Reading;
using FineTuneWorkflows.Text.Datasets.Splitting;
using FineTuneWorkflows.Text.Labelling;
using FineTuneWorkflows.Text.Sources;

namespace FineTuneWorkflows.Stages.FetchData;

/// <summary>Reads examples from files or the web and divides them into training, validation and test data.</summary>
[Stage("FineTune.FetchData", Version = 7, Description = "Reads text with labels, tags or conversations, pairs and triplets for embeddings, or plain text, from files, folders or the web and divides it into training, validation and test data without overlap.")]
[Produces("dataset")]
public sealed record FetchDataStage : Stage
{
    /// <summary>All examples, or those to train on where validation or test sources are given.</summary>
    [Parameter("A file, folder, glob or http(s) address with all examples, or with those to train on: JSONL, CSV, TSV, CoNLL or plain text, also gzipped.", Category = "Source"), Required]
    public string Source { get; init; } = "";

    /// <summary>The validation examples. Default: a share of the training examples.</summary>
    [Parameter("A file, folder or glob with the validation examples; empty takes a share of the training examples.", Category = "Source")]
    public string ValidationSource { get; init; } = "";

    /// <summary>The test examples. Default: a share of the training examples.</summary>
    [Parameter("A file, folder or glob with the test examples; empty takes a share of the training examples.", Category = "Source")]
    public string TestSource { get; init; } = "";

    /// <summary>The SHA-256 that a download must have.</summary>
    [Parameter("The SHA-256 of the file, 64 hexadecimal digits. Required for an http(s) address.", Category = "Source")]
    [Sha256Text]
    public string Sha256 { get; init; } = "";

    /// <summary>The Authorization header of a download, as an environment reference.</summary>
    [Parameter("The Authorization header of a download, as ${env:NAME}.", Category = "Source", Secret = true)]
    public string Authorization { get; init; } = "";

    /// <summary>The longest download in gibibytes. Default: 100.</summary>
    [Parameter("The longest download, in GB, so that no server fills the disk.", Category = "Source", AffectsResult = false), Range(1, 100_000)]
    public int MaxDownloadGigabytes { get; init; } = 100;

    /// <summary>What the examples are. Default: what the columns and the first row show.</summary>
    [Parameter("What the examples are; Auto goes by the columns and the first row. Single labels, pairs, many labels, tagged words, plain text or conversations; for embeddings pairs that belong together, triplets or scored pairs.", Category = "Columns", Absent = "Auto")]
    public DataKind? Kind { get; init; }

    /// <summary>The format. Default: by the file's extension.</summary>
    [Parameter("The format; Auto goes by the file's extension.", Category = "Columns", Absent = "Auto")]
    public DataFormat? Format { get; init; }

    /// <summary>The encoding of files without a byte order mark. Default: UTF-8, or UTF-16 where the first bytes show it.</summary>
    [Parameter("The encoding of files without a byte order mark, such as GB18030, Big5, Shift_JIS, EUC-KR, windows-1252, ISO-8859-1; empty for UTF-8, or UTF-16 where the first bytes show it.", Category = "Columns")]
    [EncodingName]
    public string Encoding { get; init; } = "";

    /// <summary>What separates the fields of a table. Default: what the file shows.</summary>
    [Parameter("What separates the fields of a table, such as ; or tab; empty goes by a line sep= or the first lines.", Category = "Columns")]
    public string Delimiter { get; init; } = "";

    /// <summary>What quotes mean in a table. Default: RFC 4180, between tabs what the file shows.</summary>
    [Parameter("What a quote at the beginning of a table's field means: Rfc4180 (the field goes on to the closing quote), None (it is text); Auto takes RFC 4180, and between tabs what the file shows.", Category = "Columns")]
    public Quoting Quoting { get; init; }

    /// <summary>Whether a table begins with the names of its columns. Default: it does unless columns are named by number.</summary>
    [Parameter("Whether a table begins with the names of its columns; without, they are named by number: TextColumn=1. Auto tells by the first row.", Category = "Columns")]
    public HeaderRow Header { get; init; }

    /// <summary>The column of a CoNLL file with the word. Default: the first.</summary>
    [Parameter("The column of a CoNLL file with the word, from 1; 0 for the first.", Category = "Columns"), Range(0, 1000)]
    public int WordColumn { get; init; }

    /// <summary>The column of a CoNLL file with the tag. Default: the last.</summary>
    [Parameter("The column of a CoNLL file with the tag, from 1; 0 for the last.", Category = "Columns"), Range(0, 1000)]
    public int TagColumn { get; init; }

    /// <summary>The longest line in mebibytes. Default: 64.</summary>
    [Parameter("The longest line that is read, in MB.", Category = "Columns"), Range(1, 100)]
    public int MaxLineMegabytes { get; init; } = 64;

    /// <summary>The column with the text. Default: <c>text</c>.</summary>
    [Parameter("The column with the text; of pairs and triplets for embeddings also anchor, of scored pairs text_a or sentence1.", Category = "Columns"), Required]
    public string TextColumn { get; init; } = "text";

    /// <summary>The column with the second text of a pair. Default: none; for embeddings <c>positive</c>, <c>text_b</c> or <c>sentence2</c>.</summary>
    [Parameter("The column with the second text of a pair; empty where there is none, and for embeddings for positive, text_b or sentence2.", Category = "Columns")]
    public string SecondColumn { get; init; } = "";

    /// <summary>The column with the text that does not belong to the first. Default: <c>negative</c> of triplets.</summary>
    [Parameter("The column with a triplet's text that does not belong to the first; empty for negative.", Category = "Columns")]
    public string NegativeColumn { get; init; } = "";

    /// <summary>The column with the score of a pair. Default: <c>score</c> of scored pairs.</summary>
    [Parameter("The column with the score of a pair, which says how alike its texts are; empty for score.", Category = "Columns")]
    public string ScoreColumn { get; init; } = "";

    /// <summary>The least that a score can be. Default: 0.</summary>
    [Parameter("The least that a score can be, of texts that are not alike; a row with a lower one is a bad row.", Category = "Columns")]
    public double MinScore { get; init; }

    /// <summary>The most that a score can be. Default: 1.</summary>
    [Parameter("The most that a score can be, of texts that say the same; a row with a higher one is a bad row. Data of semantic similarity often go to 5.", Category = "Columns")]
    public double MaxScore { get; init; } = 1;

    /// <summary>The column with the label. Default: <c>label</c>.</summary>
    [Parameter("The column with the label, or with the list of labels.", Category = "Columns"), Required]
    public string LabelColumn { get; init; } = "label";

    /// <summary>What stands between the labels of a row with many. Default: a list in JSON.</summary>
    [Parameter("What stands between the labels of a row with many, such as |; empty for one label, or a list in JSON.", Category = "Columns")]
    public string LabelSeparator { get; init; } = "";

    /// <summary>What the start and end of entities count. Default: code points.</summary>
    [Parameter("What the start and end of entities count: CodePoints, as Python does, or Utf16, as JavaScript, Java and .NET do; an emoji is one code point, but two UTF-16 units or more.", Category = "Entities")]
    public OffsetUnit Offsets { get; init; }

    /// <summary>What becomes of entities that begin or end inside a word. Default: they take the whole word.</summary>
    [Parameter("What becomes of an entity that begins or ends inside a word: Widen lets it take the whole word, Drop leaves it out, Refuse makes its row a bad row.", Category = "Entities")]
    public MisalignedSpans MisalignedSpans { get; init; }

    /// <summary>How texts with entities are divided into words. Default: by script; words that come divided stay as they are.</summary>
    [Parameter("How texts with entities are divided into words: Words divides by spaces and signs, and into characters where the script writes no spaces; Characters always divides into characters. Auto takes Words; where words come divided, as in CoNLL files, it goes by them, and the choice only says how a text is divided that the model is asked with.", Category = "Entities", Absent = "Auto")]
    public WordDivision? WordDivision { get; init; }

    /// <summary>What a document is in a plain text file. Default: a line.</summary>
    [Parameter("What a document is in a plain text file: a line, what stands between empty lines, or the file.", Category = "Columns")]
    public DocumentBoundary Documents { get; init; }

    /// <summary>The column that says train, validation or test. Default: none.</summary>
    [Parameter("The column that says train, validation or test; empty where there is none.", Category = "Columns")]
    public string SplitColumn { get; init; } = "";

    /// <summary>The column that says which rows belong together. Default: none.</summary>
    [Parameter("The column that says which rows belong together, such as a document or an author: a split has all of a group or none; empty where there is none.", Category = "Columns")]
    public string GroupColumn { get; init; } = "";

    /// <summary>What conversations and their messages have that does not matter. Default: none.</summary>
    [Parameter("Fields of conversations and their messages that do not matter, such as timestamp, with commas between; what a message has beside its content is else written by the chat template, or refused by name.", Category = "Columns")]
    public string IgnoredFields { get; init; } = "";

    /// <summary>What to do with a row that does not parse. Default: fail.</summary>
    [Parameter("What to do with a row that does not parse or lacks a part such as its text or label.", Category = "Columns")]
    public BadRowPolicy OnBadRow { get; init; } = BadRowPolicy.Fail;

    /// <summary>Whether rows with equal texts are removed. Default: true.</summary>
    [Parameter("Whether rows with equal texts are left out, within splits and across them; false keeps all, as published test sets must be, and counts them.", Category = "Split")]
    public bool Deduplicate { get; init; } = true;

    /// <summary>The share of each class for validation. Default: 0.1.</summary>
    [Parameter("The share of each class that becomes validation data where none is given.", Category = "Split"), Range(0.0, 0.9)]
    public double ValidationShare { get; init; } = 0.1;

    /// <summary>The share of each class for testing. Default: 0.2.</summary>
    [Parameter("The share of each class that becomes test data where none is given.", Category = "Split"), Range(0.0, 0.9)]
    public double TestShare { get; init; } = 0.2;

    /// <summary>Folds of a cross-validation. Default: 0, none.</summary>
    [Parameter("Folds of a cross-validation: training and validation examples are divided into this many parts, and ValidationShare does not count; 0 for none.", Category = "Split"), Range(0, 1000)]
    public int Folds { get; init; }

    /// <summary>The fold that is the validation data. Default: 0.</summary>
    [Parameter("The fold that is the validation data, from 0; the others are for training.", Category = "Split"), Range(0, 999)]
    public int Fold { get; init; }

    /// <summary>Decides which examples these are. Default: 42.</summary>
    [Parameter("The seed that decides which examples these are.", Category = "Split")]
    public long Seed { get; init; } = 42;

    /// <inheritdoc />
    public override IReadOnlyCollection<string> Measures => [.. MetricNames.OfSplits("rows"), "data/entities", "data/entities_widened", "data/entities_dropped"];

    internal ReadOptions Reading => new()
    {
        Kind = Kind,
        SecondColumn = SecondColumn.Length > 0 ? SecondColumn : null,
        NegativeColumn = NegativeColumn.Length > 0 ? NegativeColumn : null,
        ScoreColumn = ScoreColumn.Length > 0 ? ScoreColumn : null,
        MinScore = MinScore,
        MaxScore = MaxScore,
        LabelSeparator = LabelSeparator.Length > 0 ? LabelSeparator : null,
        GroupColumn = GroupColumn.Length > 0 ? GroupColumn : null,
        Offsets = Offsets,
        MisalignedSpans = MisalignedSpans,
        Division = WordDivision,
        Documents = Documents,
        Format = Format,
        Encoding = Encoding.Length > 0 ? Encoding : null,
        Delimiter = Delimiter.Length > 0 ? Delimiter : null,
        Quoting = Quoting,
        Header = Header,
        WordColumn = WordColumn,
        TagColumn = TagColumn,
        MaxLineMegabytes = MaxLineMegabytes,
        TextColumn = TextColumn,
        LabelColumn = LabelColumn,
        SplitColumn = SplitColumn.Length > 0 ? SplitColumn : null,
        IgnoredFields = IgnoredFields.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        BadRows = OnBadRow,
    };

    internal bool IsWeb => DataSource.IsWeb(Source);

    /// <inheritdoc />
    public override IEnumerable<InputPath> InputPaths()
    {
        if (!IsWeb)
            yield return new(nameof(Source), Source);
        if (ValidationSource.Length > 0)
            yield return new(nameof(ValidationSource), ValidationSource);
        if (TestSource.Length > 0)
            yield return new(nameof(TestSource), TestSource);
    }

    /// <inheritdoc />
    public override IEnumerable<string> Check()
    {
        if (ValidationShare + TestShare >= 1)
            yield return FormattableString.Invariant($"ValidationShare and TestShare: {ValidationShare} and {TestShare} leave nothing to train on");
        if (Folds == 1 || Fold >= Math.Max(1, Folds))
            yield return FormattableString.Invariant($"Folds and Fold: there is no fold {Fold} of {Folds}; folds are at least 2 and counted from 0");
        if (Folds > 0 && ValidationSource.Length > 0)
            yield return "Folds and ValidationSource: a cross-validation takes its validation data from the training data; leave one of them out";
        if (SecondColumn.Length > 0 && Kind is { } one && one != DataKind.TextPairClassification && !one.IsForEmbeddings())
            yield return $"SecondColumn and Kind: {Kind} has no second text; leave one of them out";
        if (NegativeColumn.Length > 0 && Kind is not (null or DataKind.TextTriplets))
            yield return $"NegativeColumn and Kind: {Kind} has no third text; leave one of them out";
        if (ScoreColumn.Length > 0 && Kind is not (null or DataKind.ScoredTextPairs))
            yield return $"ScoreColumn and Kind: {Kind} has no score; leave one of them out";
        if (NegativeColumn.Length > 0 && ScoreColumn.Length > 0)
            yield return "NegativeColumn and ScoreColumn: triplets have no score, and scored pairs no third text; leave one of them out";
        if (!(double.IsFinite(MinScore) && double.IsFinite(MaxScore) && MinScore < MaxScore))
            yield return FormattableString.Invariant($"MinScore and MaxScore: {MinScore} to {MaxScore} is no range of scores");
        if (LabelSeparator.Length > 0 && Kind is not (null or DataKind.MultiLabelClassification))
            yield return $"LabelSeparator and Kind: {Kind} does not have many labels; leave one of them out";
        if (Delimiter.Contains('"') || Delimiter.AsSpan().ContainsAny('\r', '\n'))
            yield return "Delimiter: a quote or a line break cannot separate fields; write a character such as ; or tab";
        if (Math.Max(1, WordColumn) == TagColumn)
            yield return $"WordColumn and TagColumn: column {TagColumn} cannot be both the word and the tag";
        if (!IsWeb)
            yield break;
        if (Sha256.Length == 0)
            yield return "Source and Sha256: a download must be pinned, or nobody could tell what a model was trained on; set Sha256 to the file's SHA-256";
        if (!Uri.TryCreate(Source, UriKind.Absolute, out var address))
            yield return "Source: the web address is not valid; write https://host/path";
        else if (address.UserInfo.Length > 0)
            yield return "Source: the address holds a user or password; give them as Authorization=${env:NAME} instead";
    }

    /// <inheritdoc />
    public override async Task RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        var progress = new TextProgressReporter(context);
        var files = new SourceFiles(this, context);
        var request = new SplitRequest
        {
            Files = await files.OfSourceAsync(progress, cancellationToken).ConfigureAwait(false),
            ValidationFiles = files.Of(nameof(ValidationSource), ValidationSource),
            TestFiles = files.Of(nameof(TestSource), TestSource),
            Read = Reading,
            Deduplicate = Deduplicate,
            ValidationShare = ValidationShare,
            TestShare = TestShare,
            Folds = Folds,
            Fold = Fold,
            Seed = Seed,
        };
        var dataset = Split(context, request, progress, cancellationToken);
        DatasetReport.Write(context, dataset, files.LocationOf, cancellationToken);
    }

    // What a parameter of this stage would mend names it.
    private DatasetFolder Split(StageContext context, SplitRequest request, TextProgressReporter progress, CancellationToken cancellationToken)
    {
        try
        {
            return DatasetSplitter.Split(request, context.Output("dataset"), progress, cancellationToken);
        }
        catch (TextDataException e) when (e.Advice.Count > 0)
        {
            throw new StageException(e.MessageWith(advice => $"-p {context.StageId}.{advice.Option}={advice.Value}"), e);
        }
        catch (MissingColumnException e)
        {
            // Two texts without a label are what embeddings are learned from.
            if (e.Column == LabelColumn && SecondColumn.Length > 0 && Kind is null)
                throw new StageException($"{e.Message}; for pairs that belong together, without a label", e) { Parameter = nameof(Kind), Value = $"{DataKind.TextPairs}" };
            throw new StageException(e.Message, e) { Parameter = Reading.OptionOf(e.Column) };
        }
        catch (BadRowException e)
        {
            throw new StageException($"{e.Message}; to leave such rows out and have them counted", e) { Parameter = nameof(OnBadRow), Value = $"{BadRowPolicy.Skip}" };
        }
    }
}
