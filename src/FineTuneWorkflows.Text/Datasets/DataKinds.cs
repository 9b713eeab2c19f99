namespace FineTuneWorkflows.Text.Datasets;

/// <summary>What the kinds of data have.</summary>
public static class DataKinds
{
    /// <summary>Whether each example has exactly one label, so that splits can have the same share of each class.</summary>
    /// <param name="kind">The kind.</param>
    public static bool HasOneLabel(this DataKind kind) => kind is DataKind.TextClassification or DataKind.TextPairClassification;

    /// <summary>Whether a dataset of the kind has labels: classes, or tags of words.</summary>
    /// <param name="kind">The kind.</param>
    public static bool HasLabels(this DataKind kind) => kind is not (DataKind.PlainText or DataKind.Conversations);

    /// <summary>Whether the examples are single texts with labels of the whole text.</summary>
    /// <param name="kind">The kind.</param>
    public static bool IsLabelledText(this DataKind kind) => kind is DataKind.TextClassification or DataKind.MultiLabelClassification;
}
