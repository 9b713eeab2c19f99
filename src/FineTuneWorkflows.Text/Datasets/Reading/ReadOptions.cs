namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>How to read rows: which format, which columns, and what to do with rows that are no good.</summary>
public sealed record ReadOptions
{
    /// <summary>The format; null, the default, goes by the file's extension.</summary>
    public DataFormat? Format { get; init; }

    /// <summary>The column with the text. Default <c>text</c>. Names are compared exactly, case included.</summary>
    public string TextColumn { get; init; } = "text";

    /// <summary>The column with the label. Default <c>label</c>.</summary>
    public string LabelColumn { get; init; } = "label";

    /// <summary>The column that says which split a row belongs to, see <see cref="SplitNames.TryParse"/>. Default null: there is none.</summary>
    public string? SplitColumn { get; init; }

    /// <summary>What to do with a bad row. Default <see cref="BadRowPolicy.Fail"/>.</summary>
    public BadRowPolicy BadRows { get; init; } = BadRowPolicy.Fail;
}
