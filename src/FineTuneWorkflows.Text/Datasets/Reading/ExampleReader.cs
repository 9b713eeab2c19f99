using FineTuneWorkflows.Text.Files;
using FineTuneWorkflows.Text.Labelling;

namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>
/// Reads examples from a JSON Lines, CSV, TSV, CoNLL or plain text file, one row at a time: memory does not grow with the file. The objects of JSON
/// Lines are, by kind, with the column names of the options:
/// <list type="bullet">
/// <item><c>{"text","label"}</c>; a pair <c>{"text","second","label"}</c>; many labels <c>{"text","label":[...]}</c>, also <c>"labels"</c>;</item>
/// <item>tagged words <c>{"tokens":[...],"tags":[...]}</c> or <c>{"text","entities":[{"start","end","label"}]}</c>, places counted in code
/// points or as <see cref="ReadOptions.Offsets"/> says, the end that of the first character after; such a text is divided by <see cref="Labelling.TextWords"/>;</item>
/// <item>plain text <c>{"text"}</c>;</item>
/// <item>pairs, triplets and scored pairs for embeddings <c>{"anchor","positive"}</c>, <c>{"anchor","positive","negative"}</c>, <c>{"text_a","text_b","score"}</c>, see
/// <see cref="ExampleColumns"/> for their other names;</item>
/// <item>conversations, see <see cref="JsonConversation"/>.</item>
/// </list>
/// </summary>
public static class ExampleReader
{
    /// <summary>Reads the rows of one file in their order.</summary>
    /// <param name="path">The file: in the encoding of the options, LF or CRLF; gzip when the name ends in <c>.gz</c>.</param>
    /// <param name="options">Format, columns, policy.</param>
    /// <param name="badRows">Where rows that are left out are counted.</param>
    /// <param name="cancellationToken">Checked at every row.</param>
    /// <returns>The good rows, read as they are asked for.</returns>
    /// <exception cref="TextDataException">
    /// The file is missing, empty or of unknown format; a column is missing (the message lists those there are); or, under
    /// <see cref="BadRowPolicy.Fail"/>, a row does not parse, has no text, no label or an unknown split (the message names file and line); or the
    /// kind cannot stand in such a file.
    /// </exception>
    public static IEnumerable<SourceRow> Read(string path, ReadOptions options, BadRowLog badRows, CancellationToken cancellationToken = default) =>
        Read(path, options, badRows, new ReadingNotes(), cancellationToken);

    /// <summary>Reads the rows of one file in their order and notes what was found out about it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Format, columns, policy.</param>
    /// <param name="badRows">Where rows that are left out are counted.</param>
    /// <param name="notes">Where it is noted what was detected or converted; complete when the last row was read.</param>
    /// <param name="cancellationToken">Checked at every row.</param>
    /// <returns>The good rows, read as they are asked for.</returns>
    /// <exception cref="TextDataException">As for the other overload.</exception>
    public static IEnumerable<SourceRow> Read(string path, ReadOptions options, BadRowLog badRows, ReadingNotes notes, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(badRows);
        ArgumentNullException.ThrowIfNull(notes);
        return ReadCore(path, options, badRows, notes, cancellationToken);
    }

    /// <summary>The format that a file's extension tells.</summary>
    /// <param name="path">The file; a trailing <c>.gz</c> is ignored.</param>
    /// <exception cref="TextDataException">The extension is none of the known ones.</exception>
    public static DataFormat FormatOf(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var name = LineReader.IsPacked(path) ? path[..^3] : path;
        var extension = Path.GetExtension(name).ToLowerInvariant();
        return extension switch
        {
            ".jsonl" or ".ndjson" => DataFormat.Jsonl,
            ".csv" => DataFormat.Csv,
            ".tsv" or ".tab" => DataFormat.Tsv,
            ".conll" or ".bio" or ".iob" or ".iob2" => DataFormat.Conll,
            ".txt" or ".text" => DataFormat.Text,
            _ => throw new TextDataException(
                $"cannot tell the format from the extension '{extension}'; name the file .jsonl, .csv, .tsv, .conll or .txt (optionally with "
                + ".gz), or state the format: Jsonl, Csv, Tsv, Conll or Text", path),
        };
    }

    /// <summary>
    /// What the rows of a file are where nobody says it: tagged words in a CoNLL file, plain text in a text file; pairs and many labels where the
    /// options name a second column or a separator; in JSON Lines what the first object has, in tables what the header has; else one label.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How it is to be read; <see cref="ReadOptions.Kind"/> comes first.</param>
    /// <exception cref="TextDataException">The file is missing or of unknown format.</exception>
    public static DataKind KindOf(string path, ReadOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        return options.Kind ?? KindDetector.Of(FormatOf(path, options), options, () => Open(path, options));
    }

    /// <summary>The format of a file: what the options say, else what its extension does; a text file may show itself as tagged words.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How it is to be read.</param>
    /// <exception cref="TextDataException">The file is missing or of unknown format.</exception>
    public static DataFormat FormatOf(string path, ReadOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Format is { } said) return said;
        var format = FormatOf(path);
        return format == DataFormat.Text && options.Kind is null or DataKind.TokenClassification && IsConll(path, options) ? DataFormat.Conll : format;
    }

    /// <summary>Whether the first lines of a file are words with tags, at least one of them of an entity.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How it is to be read.</param>
    /// <exception cref="TextDataException">The file is missing or cannot be read.</exception>
    public static bool IsConll(string path, ReadOptions options)
    {
        const int MostLines = 500;
        using var lines = Open(path, options);
        var entities = 0;
        for (var i = 0; i < MostLines && lines.Read(); i++)
        {
            if (lines.Problem is not null) return false;
            if (string.IsNullOrWhiteSpace(lines.Line) || lines.Line.StartsWith("-DOCSTART-", StringComparison.Ordinal)) continue;
            var fields = ConllRows.Fields(lines.Line);
            if (fields.Length < 2 || !TagScheme.IsTag(fields[options.TagColumn > 0 && options.TagColumn <= fields.Length ? options.TagColumn - 1 : ^1])) return false;
            if (fields[^1].Length > 2) entities++;
        }
        return entities > 0;
    }

    /// <summary>Whether there is an encoding of a name that text files can have.</summary>
    /// <param name="name">The name, such as <c>GB18030</c>.</param>
    public static bool IsEncoding(string name) => !string.IsNullOrWhiteSpace(name) && TextEncoding.Find(name) is not null;

    private static IEnumerable<SourceRow> ReadCore(string path, ReadOptions options, BadRowLog badRows, ReadingNotes notes, CancellationToken cancellationToken)
    {
        var format = FormatOf(path, options);
        using var reader = Open(path, options);
        if (reader.IsRecognised || reader.Encoding != TextEncoding.Utf8)
            notes.Say(path, $"read as {reader.Encoding.Name}{(reader.IsRecognised ? ", recognised by its first bytes" : "")}");
        if (reader.LooksLikeUtf8) notes.Say(path, $"its first bytes are valid UTF-8: is {nameof(ReadOptions.Encoding)}={reader.Encoding.Name} right?");
        if (format == DataFormat.Conll && options.Format is null && FormatOf(path) == DataFormat.Text) notes.Say(path, "read as CoNLL, recognised by its first lines");
        var any = false;
        var kind = options.Kind ?? KindOf(path, options);
        var rows = format switch
        {
            DataFormat.Jsonl => JsonlRows.Read(path, reader, options, kind, notes),
            DataFormat.Csv or DataFormat.Tsv => DelimitedRows.Read(path, () => Open(path, options), options, kind, format, notes),
            DataFormat.Conll when kind == DataKind.TokenClassification => new ConllRows(path, reader, options, notes).Read(),
            DataFormat.Text when kind == DataKind.PlainText => TextRows.Read(path, reader, options, notes),
            _ => throw new TextDataException($"{kind} cannot be read from a file of the format {format}", path),
        };
        if (format is DataFormat.Conll or DataFormat.Text && (options.SplitColumn ?? options.GroupColumn) is { } column)
            throw new TextDataException($"a file of the format {format} has no column '{column}'; give files for validation and test instead", path);
        foreach (var raw in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            any = true;
            if (raw.IsLeftOut)
            {
                badRows.AddUnlearned();
                continue;
            }
            var (problem, advice) = (Check(raw, options, out var split), raw.Advice);
            if (problem is null)
            {
                yield return new SourceRow(raw.Example!, split, raw.Line, raw.Group);
                continue;
            }
            if (options.BadRows == BadRowPolicy.Fail) throw new BadRowException(problem, path, raw.Line, advice);
            badRows.Add(new BadRow(Path.GetFileName(path), raw.Line, advice is { Count: > 0 } ? $"{problem}; {OptionAdvice.Text(advice)}" : problem));
        }
        if (!any) throw new TextDataException("the file has no rows", path);
    }

    private static string? Check(in RawRow raw, ReadOptions options, out SplitName? split)
    {
        split = null;
        if (raw.Problem is not null) return raw.Problem;
        if (options.GroupColumn is not null && string.IsNullOrWhiteSpace(raw.Group)) return $"the group (column '{options.GroupColumn}') is empty";
        if (options.SplitColumn is null) return null;
        if (string.IsNullOrWhiteSpace(raw.Split)) return $"the split (column '{options.SplitColumn}') is empty; write train, validation or test";
        if (!SplitNames.TryParse(raw.Split, out var parsed))
            return $"the split '{raw.Split}' (column '{options.SplitColumn}') is unknown; write train, validation or test";
        split = parsed;
        return null;
    }

    private static LineReader Open(string path, ReadOptions options)
    {
        var encoding = options.Encoding is not { Length: > 0 } name ? null
            : TextEncoding.Find(name) ?? throw new TextDataException($"Encoding: there is no encoding '{name}' of text files; some are {TextEncoding.Examples}");
        return LineReader.Open(path, encoding, options.MostLineBytes);
    }
}
