using System.Globalization;

namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>Makes examples of the fields of a row and says what is wrong with them.</summary>
internal sealed class ExampleFields(ReadOptions options, DataKind kind)
{
    /// <summary>An example of single values, as a table has them.</summary>
    /// <param name="columns">What the fields' columns are called.</param>
    /// <param name="text">The text, or the first of several.</param>
    /// <param name="second">The second text.</param>
    /// <param name="third">The third text.</param>
    /// <param name="answer">The label, the labels or the score.</param>
    /// <exception cref="RowException">A field is empty that must not be, or texts that must differ do not, or the score is none.</exception>
    public TextExample Of(ExampleColumns columns, string? text, string? second, string? third, string? answer) => kind switch
    {
        DataKind.TextPairClassification => new TextExample(Text(text, columns.Text), Label(answer)) { Second = Text(second, columns.Second!, "second text") },
        DataKind.MultiLabelClassification => TextExample.OfLabels(Text(text, columns.Text), Divide(answer ?? "")),
        DataKind.PlainText => new TextExample(Text(text, columns.Text)),
        DataKind.TextPairs or DataKind.TextTriplets => Different(columns, new TextExample(Text(text, columns.Text))
        {
            Second = Text(second, columns.Second!),
            Third = columns.Third is { } name ? Text(third, name) : null,
        }),
        DataKind.ScoredTextPairs => new TextExample(Text(text, columns.Text))
        {
            Second = Text(second, columns.Second!),
            Score = columns.Answer is { } name ? Score(answer, name) : null,
        },
        _ => new TextExample(Text(text, columns.Text), Label(answer)),
    };

    /// <summary>The labels that stand in one field.</summary>
    public IEnumerable<string> Divide(string field) =>
        (options.LabelSeparator is { Length: > 0 } separator ? field.Split(separator) : [field]).Select(l => l.Trim()).Where(l => l.Length > 0);

    /// <summary>A text that must not be empty where it is to be learned from.</summary>
    public string Text(string? text) => Text(text, options.TextColumn);

    private string Label(string? label) =>
        !options.WithLabels ? "" : !string.IsNullOrWhiteSpace(label) ? label.Trim() : throw new RowException($"the label (column '{options.LabelColumn}') is empty");

    private string Text(string? text, string column, string what = "text") =>
        text is not null && (!options.WithLabels || !string.IsNullOrWhiteSpace(text)) ? text : throw new RowException($"the {what} (column '{column}') is empty");

    // From equal texts nothing is learned of what belongs together, and from a negative that equals another something wrong.
    private TextExample Different(ExampleColumns columns, TextExample example)
    {
        if (!options.WithLabels) return example;
        Require(columns.Text, example.Text, columns.Second!, example.Second!);
        if (example.Third is not { } third) return example;
        Require(columns.Text, example.Text, columns.Third!, third);
        Require(columns.Second!, example.Second!, columns.Third!, third);
        return example;

        static void Require(string first, string text, string second, string other)
        {
            if (TextIdentity.Of(text) == TextIdentity.Of(other))
                throw new RowException($"the texts of the columns '{first}' and '{second}' are the same; they must differ");
        }
    }

    private double Score(string? field, string column)
    {
        if (string.IsNullOrWhiteSpace(field)) throw new RowException($"the score (column '{column}') is empty");
        if (!double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out var score) || !double.IsFinite(score))
            throw new RowException($"the score '{field.Trim()}' (column '{column}') is not a number");
        return score >= options.MinScore && score <= options.MaxScore ? score : throw new RowException(string.Create(
            CultureInfo.InvariantCulture, $"the score {score} (column '{column}') is not within {options.MinScore} to {options.MaxScore}"),
            [new(score < options.MinScore ? nameof(ReadOptions.MinScore) : nameof(ReadOptions.MaxScore), "...", "the scores of the data go further")]);
    }
}
