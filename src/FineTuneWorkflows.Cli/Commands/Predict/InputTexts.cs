using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Text;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Datasets.Reading;

namespace FineTuneWorkflows.Cli.Commands.Predict;

/// <summary>The inputs of a file or of standard input, as the stage that fetches data reads them but without labels. All rows are looked at before the first is predicted.</summary>
internal sealed class InputTexts : IDisposable
{
    private const string StandardInput = "standard input";

    private readonly string path;
    private readonly string? spooled;
    private readonly ReadOptions options;

    private InputTexts(string path, string? spooled, ReadOptions options) => (this.path, this.spooled, this.options) = (path, spooled, options);

    /// <summary>The file; null for standard input.</summary>
    public string? File => spooled is null ? path : null;

    /// <summary>The rows that were left out in the last reading.</summary>
    public BadRowLog BadRows { get; private set; } = new();

    /// <summary>What was detected in the last reading.</summary>
    public ReadingNotes Notes { get; private set; } = new();

    /// <summary>What was guessed of standard input that may be wrong; null where nothing was.</summary>
    public string? Guessed { get; private init; }

    /// <summary>Finds the inputs.</summary>
    /// <param name="file">The file, by its full path; null for standard input, which is read to its end.</param>
    /// <param name="options">How rows are read.</param>
    /// <param name="standardInput">Gives standard input where it is asked for.</param>
    /// <param name="cancellationToken">Ends the reading of standard input.</param>
    /// <exception cref="CommandException">There is no such file, or its format is not known.</exception>
    public static async Task<InputTexts> OpenAsync(string? file, ReadOptions options, Func<Stream> standardInput, CancellationToken cancellationToken)
    {
        if (file is null)
        {
            // Kept in a file, so that it can be looked at as a whole before anything is predicted.
            var spool = Path.Combine(Path.GetTempPath(), $"finetune-input-{Guid.NewGuid():N}.jsonl");
            try
            {
                await using (var stream = standardInput())
                await using (var kept = new FileStream(spool, FileMode.CreateNew, FileAccess.Write))
                    await stream.CopyToAsync(kept, cancellationToken).ConfigureAwait(false);
                var format = options.Format ?? Guess(spool);
                return new(spool, spool, options with { Format = format })
                {
                    Guessed = options.Format is null && format == DataFormat.Text && HasHeader(spool, options.TextColumn)
                        ? $"{StandardInput}: read as texts, a line each, though its first line looks like the header of a table; --format csv or tsv reads it as one" : null,
                };
            }
            catch
            {
                System.IO.File.Delete(spool);
                throw;
            }
        }

        if (!System.IO.File.Exists(file))
            throw new CommandException($"--input: there is no file {file}");
        try
        {
            _ = options.Format ?? ExampleReader.FormatOf(file);
        }
        catch (TextDataException e)
        {
            throw new CommandException($"--input: {file} must be a .jsonl, .csv, .tsv, .txt or .conll file, packed (.gz) or not, got '{Path.GetExtension(file)}'; --format says which it is", innerException: e);
        }

        return new(file, null, options);
    }

    /// <summary>Reads the rows, one at a time.</summary>
    /// <param name="cancellationToken">Checked at every row.</param>
    /// <exception cref="CommandException">A column is missing, or a row cannot be read and is not to be left out.</exception>
    public IEnumerable<TextExample> Read(CancellationToken cancellationToken)
    {
        (BadRows, Notes) = (new(), new());
        using var rows = ExampleReader.Read(path, options, BadRows, Notes, cancellationToken).GetEnumerator();
        while (Next(rows))
            yield return rows.Current.Example;
    }

    /// <summary>Looks at every row.</summary>
    /// <param name="tell">Is told how many rows were looked at, now and then.</param>
    /// <param name="cancellationToken">Checked at every row.</param>
    /// <returns>How many rows there are to predict.</returns>
    /// <exception cref="CommandException">As <see cref="Read"/>: nothing was predicted.</exception>
    public long Check(Action<long> tell, CancellationToken cancellationToken)
    {
        long rows = 0;
        foreach (var _ in Read(cancellationToken))
            if (++rows % 1000 == 0)
                tell(rows);
        return rows;
    }

    public void Dispose()
    {
        if (spooled is not null)
            System.IO.File.Delete(spooled);
    }

    /// <summary>What was said of the file, where it only holds standard input.</summary>
    public string Named(string message) => spooled is null ? message
        : message.Replace(spooled, StandardInput, StringComparison.Ordinal).Replace(Path.GetFileName(spooled), StandardInput, StringComparison.Ordinal);

    private bool Next(IEnumerator<SourceRow> rows)
    {
        try
        {
            return rows.MoveNext();
        }
        catch (MissingColumnException e)
        {
            if (e.Advice.Count > 0)
                throw new CommandException($"--input: {Named(e.MessageWith(InputFormat.Typed))}", innerException: e);
            throw new CommandException($"--input: {Named(e.Message)}; {(e.Column == options.SecondColumn ? "--second-text-column" : "--text-column")} names another", innerException: e);
        }
        catch (BadRowException e)
        {
            throw new CommandException($"--input: {Named(e.MessageWith(InputFormat.Typed))}; nothing was predicted; --on-bad-row skip leaves such rows out and counts them", ExitCode.Failed, e);
        }
        catch (TextDataException e)
        {
            throw new CommandException($"--input: {Named(e.MessageWith(InputFormat.Typed))}", ExitCode.Failed, e);
        }
    }

    // An object begins with a brace, and a list of objects, which is refused by its name, with two; whatever else comes in lines is texts.
    private static DataFormat Guess(string file)
    {
        using var reader = new StreamReader(file);
        return Next() switch { '{' => DataFormat.Jsonl, '[' when Next() == '{' => DataFormat.Jsonl, _ => DataFormat.Text };

        int Next()
        {
            var c = reader.Read();
            while (c >= 0 && char.IsWhiteSpace((char)c))
                c = reader.Read();
            return c;
        }
    }

    private static bool HasHeader(string file, string column)
    {
        using var reader = new StreamReader(file);
        var buffer = new char[1000];
        var line = new string(buffer, 0, reader.ReadBlock(buffer)).Split('\r', '\n')[0];
        return line.Split(',', ';', '\t') is { Length: > 1 } fields && fields.Any(f => f.Trim('"') == column);
    }
}
