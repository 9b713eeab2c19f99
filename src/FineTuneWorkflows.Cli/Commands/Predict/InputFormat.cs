using System.CommandLine;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Parsing;
using FineTuneWorkflows.Text;
using FineTuneWorkflows.Text.Datasets.Reading;

namespace FineTuneWorkflows.Cli.Commands.Predict;

/// <summary>How the texts of <c>--input</c> stand in their file: the same options that the stage which fetches data has, so that what was trained on can be predicted.</summary>
internal sealed class InputFormat
{
    private const int UsualLine = 64;

    private readonly Option<string?> format = new("--format") { Description = "The format of the input where its extension does not say it: jsonl, csv, tsv, conll or text.", HelpName = "FORMAT" };
    private readonly Option<string?> encoding = new("--encoding") { Description = "The encoding of the input, such as GB18030, Shift_JIS, windows-1252. Default: UTF-8, or UTF-16 where the first bytes show it.", HelpName = "NAME" };
    private readonly Option<string?> delimiter = new("--delimiter") { Description = "What separates the fields of a table, such as ; or tab. Default: what its first lines show.", HelpName = "TEXT" };
    private readonly Option<string?> quoting = new("--quoting") { Description = "What quotes mean in a table: auto, rfc4180 or none (they are text). Default: auto.", HelpName = "QUOTING" };
    private readonly Option<string?> header = new("--header") { Description = "Whether a table begins with the names of its columns: auto, yes or no (then --text-column 1 names the first). Default: auto.", HelpName = "HEADER" };
    private readonly Option<string?> wordColumn = Options.WholeNumber("--word-column", [], "The column of a CoNLL file with the word. Default: the first.", "N", 1, 1000);
    private readonly Option<string?> maxLine = Options.WholeNumber("--max-line-megabytes", [], $"The longest line that is read, in MB. Default: {UsualLine}.", "N", 1, 100);

    /// <summary>The options.</summary>
    public IReadOnlyList<Option> All => [format, encoding, delimiter, quoting, header, wordColumn, maxLine];

    /// <summary>What was given of them.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="column">The column with the text.</param>
    /// <param name="secondColumn">That of the second text of a pair; null for single texts.</param>
    /// <exception cref="CommandException">A value is none of those there are.</exception>
    public ReadOptions Read(ParseResult parsed, string column, string? secondColumn) => new()
    {
        WithLabels = false,
        TextColumn = column,
        SecondColumn = secondColumn,
        Format = Has(parsed, format, out var name) ? One<DataFormat>(format, name) : null,
        Encoding = Has(parsed, encoding, out name) ? ExampleReader.IsEncoding(name) ? name : throw new CommandException($"--encoding: there is no encoding '{name}' of text files; some are UTF-8, GB18030, Big5, Shift_JIS, EUC-KR, windows-1252, ISO-8859-1") : null,
        Delimiter = Has(parsed, delimiter, out name) ? name : null,
        Quoting = Has(parsed, quoting, out name) ? One<Quoting>(quoting, name) : Quoting.Auto,
        Header = Has(parsed, header, out name) ? One<HeaderRow>(header, name) : HeaderRow.Auto,
        WordColumn = parsed.NumberOf(wordColumn, 0),
        MaxLineMegabytes = parsed.NumberOf(maxLine, UsualLine),
    };

    /// <summary>An option of the readers as it is typed here: <c>--text-column review</c>.</summary>
    public static string Typed(OptionAdvice advice)
    {
        var name = advice.Option == nameof(ReadOptions.SecondColumn) ? "SecondTextColumn" : advice.Option;
        return "-" + string.Concat(name.Select(c => char.IsUpper(c) ? "-" + char.ToLowerInvariant(c) : c.ToString())) + " " + (advice.Option is nameof(ReadOptions.Quoting) or nameof(ReadOptions.Header) ? advice.Value.ToLowerInvariant() : advice.Value);
    }

    private static bool Has(ParseResult parsed, Option<string?> option, out string value) => (value = parsed.GetValue(option) ?? "").Length > 0;

    private static T One<T>(Option option, string value)
        where T : struct, Enum =>
        Enum.TryParse<T>(value, ignoreCase: true, out var parsed) && Enum.IsDefined(parsed) && !char.IsAsciiDigit(value[0]) ? parsed
        : throw new CommandException($"{option.Name} must be {string.Join(", ", Enum.GetNames<T>()[..^1]).ToLowerInvariant()} or {Enum.GetNames<T>()[^1].ToLowerInvariant()}, got '{value}'");
}
