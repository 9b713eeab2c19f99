using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net.Http.Headers;
using FineTuneWorkflows.Foundation.Digests;
using FineTuneWorkflows.Foundation.Parameters;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Fingerprints;
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
[Stage("FineTune.FetchData", Version = 6, Description = "Reads text with labels, tags or conversations, or plain text, from files, folders or the web and divides it into training, validation and test data without overlap.")]
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
    [Parameter("What the examples are; Auto goes by the columns and the first row. Single labels, pairs, many labels, tagged words, plain text or conversations.", Category = "Columns", Absent = "Auto")]
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
    [Parameter("The column with the text.", Category = "Columns"), Required]
    public string TextColumn { get; init; } = "text";

    /// <summary>The column with the second text of a pair. Default: none.</summary>
    [Parameter("The column with the second text of a pair; empty where there is none.", Category = "Columns")]
    public string SecondColumn { get; init; } = "";

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


    private ReadOptions Reading => new()
    {
        Kind = Kind,
        SecondColumn = SecondColumn.Length > 0 ? SecondColumn : null,
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

    private bool IsWeb => DataSource.IsWeb(Source);

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
        if (SecondColumn.Length > 0 && Kind is not (null or DataKind.TextPairClassification))
            yield return $"SecondColumn and Kind: {Kind} has no second text; leave one of them out";
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
        var request = new SplitRequest
        {
            Files = IsWeb ? await DownloadAsync(context, progress, cancellationToken).ConfigureAwait(false) : Undivided(context, Local(context, nameof(Source))),
            ValidationFiles = ValidationSource.Length > 0 ? Local(context, nameof(ValidationSource)) : [],
            TestFiles = TestSource.Length > 0 ? Local(context, nameof(TestSource)) : [],
            Read = Reading,
            Deduplicate = Deduplicate,
            ValidationShare = ValidationShare,
            TestShare = TestShare,
            Folds = Folds,
            Fold = Fold,
            Seed = Seed,
        };
        var dataset = Split(context, request, progress, cancellationToken);
        Report(context, dataset, cancellationToken);
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
            var parameter = e.Column == TextColumn ? nameof(TextColumn) : e.Column == LabelColumn ? nameof(LabelColumn) : e.Column == SplitColumn ? nameof(SplitColumn)
                : e.Column == GroupColumn ? nameof(GroupColumn) : nameof(SecondColumn);
            throw new StageException(e.Message, e) { Parameter = parameter };
        }
        catch (BadRowException e)
        {
            throw new StageException($"{e.Message}; to leave such rows out and have them counted", e) { Parameter = nameof(OnBadRow), Value = $"{BadRowPolicy.Skip}" };
        }
    }

    private async Task<IReadOnlyList<string>> DownloadAsync(StageContext context, TextProgressReporter progress, CancellationToken cancellationToken)
    {
        if (!context.Sources.AllowsHost(new Uri(Source).Host))
            throw new StageException($"parameter Source: {new Uri(Source).Host} is not an allowed host; {context.Sources.Advice}");
        using var client = new HttpClient(new BoundedHttpHandler(context.Sources) { InnerHandler = BoundedHttpHandler.Sender() }) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
        if (Authorization.Length > 0)
            client.DefaultRequestHeaders.Authorization = AuthenticationHeaderValue.TryParse(EnvironmentReference.Resolve(nameof(Authorization), Authorization), out var header) ? header
                : throw new StageException("parameter Authorization: the value is no Authorization header; it is a scheme and a credential, such as Bearer TOKEN");
        var options = new DataSourceOptions { Sha256 = Sha256, WorkFolder = Path.Combine(context.WorkFolder, "download"), MaxBytes = (long)MaxDownloadGigabytes << 30 };
        return [await DataSource.DownloadAsync(Source, options, client, progress, cancellationToken).ConfigureAwait(false)];
    }

    // A folder may hold a licence or a read-me beside its data; a file that was named is meant.
    private List<string> Local(StageContext context, string parameter)
    {
        var files = context.InputFiles(parameter);
        if (Sha256.Length > 0 && parameter == nameof(Source) && (files.Count != 1 || !files[0].Sha256.Equals(Sha256, StringComparison.OrdinalIgnoreCase)))
            throw new StageException(files.Count == 1
                ? $"parameter Sha256: {files[0].FullPath} has the SHA-256 {files[0].Sha256}, expected {Sha256}"
                : $"parameter Sha256: pins one file, but Source means {files.Count} files");
        var data = files.Count == 1 || Format is not null ? files : [.. files.Where(IsData)];
        return data.Count > 0
            ? Taken(context, parameter, files, data)
            : throw new StageException($"parameter {parameter}: none of its {files.Count} files ends in .jsonl, .csv, .tsv or .conll, or .txt where Kind is PlainText, also with .gz");
    }

    private static List<string> Taken(StageContext context, string parameter, IReadOnlyList<InputFile> files, IReadOnlyList<InputFile> data)
    {
        var others = files.Except(data).Select(f => f.RelativePath).ToList();
        if (others.Count > 0)
            context.Note($"{parameter}: {others.Count} of {files.Count} files are not read, as their names are not those of data: {string.Join(", ", others.Take(3))}{(others.Count > 3 ? ", ..." : "")}");
        return [.. data.Select(f => f.FullPath)];
    }

    // Whose names say that they are a published split, but nothing else does.
    private List<string> Undivided(StageContext context, List<string> files)
    {
        if (files.Count > 1 && SplitColumn.Length == 0 && ValidationSource.Length + TestSource.Length == 0)
        {
            var splits = files.Select(Path.GetFileName).Where(name => SplitNames.TryParse(name!.Split('.', '-', '_')[0], out var split) && split != SplitName.Train).ToList();
            if (splits.Count > 0)
                context.Note($"{string.Join(" and ", splits.Take(3))} are read like the other files, and all rows are divided anew; to keep these splits, set Source, ValidationSource and TestSource to a file each");
        }

        return files;
    }

    // Text files in a folder are licences and notes, but for those in CoNLL's form.
    private bool IsData(InputFile file) => DataSource.IsDataFile(file.FullPath, Kind)
        || (Kind is null or DataKind.TokenClassification && DataSource.IsDataFile(file.FullPath, DataKind.PlainText) && ExampleReader.IsConll(file.FullPath, Reading));

    // An address with a password or a signature is not told on; without them it could not be read.
    private string? LocationOf(StageContext context, SplitName split)
    {
        var parameter = split == SplitName.Test && TestSource.Length > 0 ? nameof(TestSource) : split == SplitName.Validation && ValidationSource.Length > 0 ? nameof(ValidationSource) : nameof(Source);
        if (parameter == nameof(Source) && IsWeb)
            return Uri.TryCreate(Source, UriKind.Absolute, out var address) && address.UserInfo.Length == 0 && address.Query.Length == 0 && Authorization.Length == 0 ? Source : null;
        var files = context.InputFiles(parameter);
        var folders = files.Select(f => Path.GetDirectoryName(f.FullPath)).Distinct(StringComparer.Ordinal).ToList();
        return files.Count == 1 ? files[0].FullPath : folders.Count == 1 ? folders[0] : null;
    }

    private void Report(StageContext context, DatasetFolder dataset, CancellationToken cancellationToken)
    {
        var info = dataset.Info;
        foreach (var (split, usage) in ((SplitName, string)[])[(SplitName.Train, "training"), (SplitName.Validation, "validation"), (SplitName.Test, "testing")])
        {
            var name = split.ToText();
            context.LogMetric($"data/{name}_rows", dataset.Count(split));
            context.LogDataset(new(
                name, ContentDigest.OfFile(dataset.FileOf(split), progress: null, cancellationToken), string.Join(", ", info.Sources.Select(s => s.Name)), usage, LocationOf(context, split), dataset.Count(split),
                DatasetColumns.Of(dataset.FileOf(split))));
        }

        context.Note(
            $"{dataset.Count(SplitName.Train)} training, {dataset.Count(SplitName.Validation)} validation and {dataset.Count(SplitName.Test)} test examples{Labels(dataset)}");
        foreach (var note in info.Notes)
            context.Note(note);
        if (info.DuplicatesWithinSplits + info.DuplicatesAcrossSplits + info.ContradictingRowsRemoved > 0)
            context.Note($"{(info.Deduplicated ? "left out" : "kept, as Deduplicate is false,")} {info.DuplicatesWithinSplits} duplicates within splits, {info.DuplicatesAcrossSplits} across splits, {info.ContradictingRowsRemoved} with contradicting labels");
        if (info.UnlearnedConversations > 0)
            context.Note($"left out {info.UnlearnedConversations} conversations of which nothing is to be learned (label false, or no answer with a weight)");
        EntityNotes.Write(context, info);
        foreach (var spellings in info.MergedLabels.Take(3))
            context.Note(double.TryParse(spellings[0], NumberStyles.Float, CultureInfo.InvariantCulture, out _)
                ? $"the labels {string.Join(" and ", spellings)} are one number and so one class, {spellings[0]}"
                : $"{spellings.Count} spellings of the label {spellings[0]} look the same (composed or decomposed letters, characters of no width) and are one class");
        foreach (var alike in info.Labels.GroupBy(label => label.ToUpperInvariant()).Where(group => group.Count() > 1).Take(3))
            context.Note($"the labels {string.Join(" and ", alike)} differ only in case and are classes of their own; write them alike in the data if they are one");
        if (info.BadRowsSkipped > 0)
            context.Note($"skipped {info.BadRowsSkipped} bad rows, the first: {info.FirstBadRows[0].File} line {info.FirstBadRows[0].Line}: {info.FirstBadRows[0].Reason}");
    }

    private static string Labels(DatasetFolder dataset) => dataset.Kind switch
    {
        DataKind.TokenClassification => $" with {(dataset.Labels.Count - 1) / 2} kinds of entities",
        DataKind.MultiLabelClassification => $" with {dataset.Labels.Count} labels",
        DataKind.PlainText => " of plain text",
        DataKind.Conversations => ", conversations",
        _ => $" in {dataset.Labels.Count} classes",
    };
}
