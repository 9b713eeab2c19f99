namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>Makes examples of the fields of a row and says what is wrong with them.</summary>
internal sealed class ExampleFields(ReadOptions options, DataKind kind)
{
    /// <summary>An example of single values, as a table has them.</summary>
    /// <exception cref="RowException">A field is empty that must not be.</exception>
    public TextExample Of(string? text, string? second, string? label) => kind switch
    {
        DataKind.TextPairClassification => new TextExample(Text(text), Label(label)) { Second = Text(second, options.SecondName, "second text") },
        DataKind.MultiLabelClassification => TextExample.OfLabels(Text(text), Divide(label ?? "")),
        DataKind.PlainText => new TextExample(Text(text)),
        _ => new TextExample(Text(text), Label(label)),
    };

    /// <summary>The labels that stand in one field.</summary>
    public IEnumerable<string> Divide(string field) =>
        (options.LabelSeparator is { Length: > 0 } separator ? field.Split(separator) : [field]).Select(l => l.Trim()).Where(l => l.Length > 0);

    /// <summary>A text that must not be empty where it is to be learned from.</summary>
    public string Text(string? text) => Text(text, options.TextColumn, "text");

    private string Label(string? label) =>
        !options.WithLabels ? "" : !string.IsNullOrWhiteSpace(label) ? label.Trim() : throw new RowException($"the label (column '{options.LabelColumn}') is empty");

    private string Text(string? text, string column, string what) =>
        text is not null && (!options.WithLabels || !string.IsNullOrWhiteSpace(text)) ? text : throw new RowException($"the {what} (column '{column}') is empty");
}
