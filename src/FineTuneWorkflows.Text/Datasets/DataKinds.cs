namespace FineTuneWorkflows.Text.Datasets;

/// <summary>What the kinds of data have.</summary>
public static class DataKinds
{
    /// <summary>Whether each example has exactly one label, so that splits can have the same share of each class.</summary>
    /// <param name="kind">The kind.</param>
    public static bool HasOneLabel(this DataKind kind) => kind is DataKind.TextClassification or DataKind.TextPairClassification;

    /// <summary>Whether a dataset of the kind has labels: classes, or tags of words.</summary>
    /// <param name="kind">The kind.</param>
    public static bool HasLabels(this DataKind kind) => kind is not (DataKind.PlainText or DataKind.Conversations) && !kind.IsForEmbeddings();

    /// <summary>Whether the examples say by themselves which texts are alike: pairs, triplets and scored pairs.</summary>
    /// <param name="kind">The kind.</param>
    public static bool IsForEmbeddings(this DataKind kind) => kind is DataKind.TextPairs or DataKind.TextTriplets or DataKind.ScoredTextPairs;

    /// <summary>How many texts of an example are encoded each by itself: 2 or 3 where they are for embeddings, else 1.</summary>
    /// <param name="kind">The kind.</param>
    public static int TextsApart(this DataKind kind) => kind == DataKind.TextTriplets ? 3 : kind.IsForEmbeddings() ? 2 : 1;

    /// <summary>Whether rows with one first text belong together, so that a drawn split has all of them: of anchors with several positives or negatives.</summary>
    /// <param name="kind">The kind.</param>
    public static bool GroupsByFirstText(this DataKind kind) => kind is DataKind.TextPairs or DataKind.TextTriplets;

    /// <summary>Whether the examples are single texts with labels of the whole text.</summary>
    /// <param name="kind">The kind.</param>
    public static bool IsLabelledText(this DataKind kind) => kind is DataKind.TextClassification or DataKind.MultiLabelClassification;
}
