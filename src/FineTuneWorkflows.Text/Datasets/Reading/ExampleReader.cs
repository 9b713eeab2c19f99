using System.IO.Compression;

namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>
/// Reads examples from a JSON Lines, CSV, TSV, CoNLL or plain text file, one row at a time: memory does not grow with the file. The objects of JSON
/// Lines are, by kind, with the column names of the options:
/// <list type="bullet">
/// <item><c>{"text","label"}</c>; a pair <c>{"text","second","label"}</c>; many labels <c>{"text","label":[...]}</c>, also <c>"labels"</c>;</item>
/// <item>tagged words <c>{"tokens":[...],"tags":[...]}</c> or <c>{"text","entities":[{"start","end","label"}]}</c>, places counted in UTF-16
/// characters, the end that of the first character after; such a text is divided by <see cref="Labelling.TextWords"/>;</item>
/// <item>plain text <c>{"text"}</c>;</item>
/// <item>conversations, see <see cref="JsonConversation"/>.</item>
/// </list>
/// </summary>
public static class ExampleReader
{
    /// <summary>Reads the rows of one file in their order.</summary>
    /// <param name="path">The file. UTF-8, with or without a byte order mark; LF or CRLF; gzip when the name ends in <c>.gz</c>.</param>
    /// <param name="options">Format, columns, policy.</param>
    /// <param name="badRows">Where rows that are left out are counted.</param>
    /// <param name="cancellationToken">Checked at every row.</param>
    /// <returns>The good rows, read as they are asked for.</returns>
    /// <exception cref="TextDataException">
    /// The file is missing, empty or of unknown format; a column is missing (the message lists those there are); or, under
    /// <see cref="BadRowPolicy.Fail"/>, a row does not parse, has no text, no label or an unknown split (the message names file and line); or the
    /// kind cannot stand in such a file.
    /// </exception>
    public static IEnumerable<SourceRow> Read(string path, ReadOptions options, BadRowLog badRows, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(badRows);
        return ReadCore(path, options, badRows, cancellationToken);
    }

    /// <summary>The format that a file's extension tells.</summary>
    /// <param name="path">The file; a trailing <c>.gz</c> is ignored.</param>
    /// <exception cref="TextDataException">The extension is none of the known ones.</exception>
    public static DataFormat FormatOf(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var name = IsGzip(path) ? path[..^3] : path;
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
    /// options name a second column or a separator; in JSON Lines what the first object has; else one label.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How it is to be read; <see cref="ReadOptions.Kind"/> comes first.</param>
    /// <exception cref="TextDataException">The file is missing or of unknown format.</exception>
    public static DataKind KindOf(string path, ReadOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Kind is { } kind) return kind;
        try
        {
            return KindDetector.Of(options.Format ?? FormatOf(path), options, () => OpenText(path));
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw Unreadable(path, e);
        }
    }

    private static IEnumerable<SourceRow> ReadCore(string path, ReadOptions options, BadRowLog badRows, CancellationToken cancellationToken)
    {
        var format = options.Format ?? FormatOf(path);
        using var reader = OpenText(path);
        var any = false;
        var kind = options.Kind ?? KindOf(path, options);
        var rows = format switch
        {
            DataFormat.Jsonl => JsonlRows.Read(path, reader, options, kind),
            DataFormat.Csv or DataFormat.Tsv => DelimitedRows.Read(path, reader, options, kind, format == DataFormat.Csv ? "," : "\t"),
            DataFormat.Conll when kind == DataKind.TokenClassification => ConllRows.Read(reader),
            DataFormat.Text when kind == DataKind.PlainText => TextRows.Read(reader, options.Documents),
            _ => throw new TextDataException($"{kind} cannot be read from a file of the format {format}", path),
        };
        if (format is DataFormat.Conll or DataFormat.Text && (options.SplitColumn ?? options.GroupColumn) is { } column)
            throw new TextDataException($"a file of the format {format} has no column '{column}'; give files for validation and test instead", path);
        foreach (var raw in Guarded(rows, path))
        {
            cancellationToken.ThrowIfCancellationRequested();
            any = true;
            if (raw.IsLeftOut)
            {
                badRows.AddUnlearned();
                continue;
            }
            var problem = Check(raw, options, out var split);
            if (problem is null)
            {
                yield return new SourceRow(raw.Example!, split, raw.Line, raw.Group);
                continue;
            }
            if (options.BadRows == BadRowPolicy.Fail) throw new BadRowException(problem, path, raw.Line);
            badRows.Add(new BadRow(Path.GetFileName(path), raw.Line, problem));
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

    private static StreamReader OpenText(string path)
    {
        try
        {
            Stream stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
            if (IsGzip(path)) stream = new GZipStream(stream, CompressionMode.Decompress);
            return new StreamReader(stream, System.Text.Encoding.UTF8, detectEncodingFromByteOrderMarks: true, 1 << 16);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new TextDataException("the file does not exist", path, inner: e);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new TextDataException($"the file cannot be opened: {e.Message}", path, inner: e);
        }
    }

    // A broken gzip file shows itself only while it is read.
    private static IEnumerable<RawRow> Guarded(IEnumerable<RawRow> rows, string path)
    {
        using var enumerator = rows.GetEnumerator();
        while (true)
        {
            try
            {
                if (!enumerator.MoveNext()) yield break;
            }
            catch (Exception e) when (e is InvalidDataException or IOException)
            {
                throw Unreadable(path, e);
            }
            yield return enumerator.Current;
        }
    }

    private static TextDataException Unreadable(string path, Exception e) => new($"the file cannot be read to its end: {e.Message}", path, inner: e);

    private static bool IsGzip(string path) => path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
}
