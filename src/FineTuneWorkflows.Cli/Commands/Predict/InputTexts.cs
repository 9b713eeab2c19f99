using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Text;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Datasets.Reading;

namespace FineTuneWorkflows.Cli.Commands.Predict;

/// <summary>The inputs of a file, as the stage that fetches data reads them but without labels, read as they are asked for.</summary>
internal static class InputTexts
{
    /// <param name="file">The file, by its full path.</param>
    /// <param name="options">How the inputs stand in it.</param>
    /// <param name="notes">Where it is noted what was detected.</param>
    /// <param name="cancellationToken">Checked at every row.</param>
    /// <exception cref="CommandException">There is no such file, or its format is not known; while reading, a column is missing, or a row cannot be read.</exception>
    public static IEnumerable<TextExample> Open(string file, ReadOptions options, ReadingNotes notes, CancellationToken cancellationToken)
    {
        if (!File.Exists(file))
            throw new CommandException($"--input: there is no file {file}");
        try
        {
            _ = options.Format ?? ExampleReader.FormatOf(file);
        }
        catch (TextDataException e)
        {
            throw new CommandException($"--input: {file} must be a .jsonl, .csv, .tsv, .txt or .conll file, packed (.gz) or not, got '{Path.GetExtension(file)}'; --format says which it is", innerException: e);
        }

        return Read(ExampleReader.Read(file, options, new BadRowLog(), notes, cancellationToken), options.SecondColumn);
    }

    private static IEnumerable<TextExample> Read(IEnumerable<SourceRow> rows, string? secondColumn)
    {
        using var each = rows.GetEnumerator();
        while (Next(each, secondColumn))
            yield return each.Current.Example;
    }

    private static bool Next(IEnumerator<SourceRow> rows, string? secondColumn)
    {
        try
        {
            return rows.MoveNext();
        }
        catch (MissingColumnException e)
        {
            if (e.Advice.Count > 0)
                throw new CommandException($"--input: {e.MessageWith(InputFormat.Typed)}", innerException: e);
            throw new CommandException($"--input: {e.Message}; {(e.Column == secondColumn ? "--second-text-column" : "--text-column")} names another", innerException: e);
        }
        catch (TextDataException e)
        {
            throw new CommandException($"--input: {e.MessageWith(InputFormat.Typed)}", ExitCode.Failed, e);
        }
    }
}
