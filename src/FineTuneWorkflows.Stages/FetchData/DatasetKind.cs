namespace FineTuneWorkflows.Stages.FetchData;

/// <summary>What the examples of a dataset are.</summary>
public enum DatasetKind
{
    /// <summary>What the columns and the first row show.</summary>
    Auto,

    /// <summary>A text with one label.</summary>
    TextClassification,

    /// <summary>Two texts with one label.</summary>
    TextPairClassification,

    /// <summary>A text with any number of labels.</summary>
    MultiLabelClassification,

    /// <summary>Words with tags, or texts with marked entities.</summary>
    TokenClassification,

    /// <summary>Documents without labels.</summary>
    PlainText,

    /// <summary>Messages of a user and an assistant.</summary>
    Conversations,
}
