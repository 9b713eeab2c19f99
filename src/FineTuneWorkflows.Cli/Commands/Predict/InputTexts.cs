using System.Globalization;
using System.Text;
using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;
using FineTuneWorkflows.Cli.Hosting;

namespace FineTuneWorkflows.Cli.Commands.Predict;

/// <summary>The texts of a JSONL, CSV (RFC 4180) or TSV file, read as they are asked for.</summary>
internal static class InputTexts
{
    /// <param name="file">The file, by its full path.</param>
    /// <param name="column">The member or column with the text.</param>
    /// <exception cref="CommandException">There is no such file, its format is none of these; while reading, a line cannot be read or has no text.</exception>
    public static IEnumerable<string> Open(string file, string column)
    {
        if (!File.Exists(file))
            throw new CommandException($"--input: there is no file {file}");
        return Path.GetExtension(file).ToLowerInvariant() switch
        {
            ".jsonl" or ".ndjson" => JsonLines(file, column),
            ".csv" => Delimited(file, column, ","),
            ".tsv" => Delimited(file, column, "\t"),
            var other => throw new CommandException($"--input: {file} must be a .jsonl, .csv or .tsv file, got '{other}'"),
        };
    }

    private static IEnumerable<string> JsonLines(string file, string column)
    {
        var number = 0;
        foreach (var line in File.ReadLines(file))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
                yield return TextOf(line, file, number, column);
        }
    }

    private static string TextOf(string line, string file, int number, string column)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(column, out var text) && text.ValueKind == JsonValueKind.String
                ? text.GetString()!
                : throw Bad(file, number, $"has no text in \"{column}\"; --text-column names another");
        }
        catch (JsonException e)
        {
            throw Bad(file, number, "is not JSON", e);
        }
    }

    private static IEnumerable<string> Delimited(string file, string column, string delimiter)
    {
        using var reader = new StreamReader(file, new UTF8Encoding(false, throwOnInvalidBytes: true));
        using var csv = new CsvReader(reader, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = delimiter,
            // Tab-separated files have no quoting.
            Mode = delimiter == "\t" ? CsvMode.NoEscape : CsvMode.RFC4180,
        });
        if (!Read(csv, file) || !csv.ReadHeader())
            throw new CommandException($"--input: {file} is empty", ExitCode.Failed);
        var header = csv.HeaderRecord!;
        var index = Array.IndexOf(header, column);
        if (index < 0)
            throw new CommandException($"--input: {file} has no column {column} (it has {string.Join(", ", header)}); --text-column names another");
        while (Read(csv, file))
            yield return Tried(csv, file, () => csv.Parser.Count > index ? csv.Parser[index] : null) ?? throw Bad(file, csv.Parser.RawRow, $"has {csv.Parser.Count} of {header.Length} columns");
    }

    // A field is unquoted only when it is asked for, so both may find bad data.
    private static bool Read(CsvReader csv, string file) => Tried(csv, file, csv.Read);

    private static T Tried<T>(CsvReader csv, string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is CsvHelperException or DecoderFallbackException)
        {
            throw Bad(file, csv.Parser.RawRow, e is DecoderFallbackException ? "is not UTF-8" : "cannot be read", e);
        }
    }

    private static CommandException Bad(string file, int line, string problem, Exception? inner = null) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{file}, line {line} {problem}"), ExitCode.Failed, inner);
}
