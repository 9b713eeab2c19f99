using System.Text.Json.Serialization;

namespace FineTuneWorkflows.Text.Datasets;

/// <summary>What the examples of a dataset are, and so which tasks it serves.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DataKind>))]
public enum DataKind
{
    /// <summary>A text with one label.</summary>
    TextClassification,

    /// <summary>Two texts with one label, such as a premise and a hypothesis.</summary>
    TextPairClassification,

    /// <summary>Multi-label: a text with several labels, or none.</summary>
    MultiLabelClassification,

    /// <summary>Words with a tag each, in the IOB2 scheme (L. Ramshaw and M. Marcus, cmp-lg/9505040).</summary>
    TokenClassification,

    /// <summary>A document without a label, for language modeling.</summary>
    PlainText,

    /// <summary>Messages of a user and an assistant, for instruction tuning.</summary>
    Conversations,

    /// <summary>Two texts that belong together, such as a question and its answer, for embeddings.</summary>
    TextPairs,

    /// <summary>A text, one that belongs to it and one that does not, for embeddings.</summary>
    TextTriplets,

    /// <summary>Two texts with a number that says how alike they are, for embeddings.</summary>
    ScoredTextPairs,
}
