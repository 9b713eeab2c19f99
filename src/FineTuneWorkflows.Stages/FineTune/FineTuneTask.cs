namespace FineTuneWorkflows.Stages.FineTune;

/// <summary>What a model is fine-tuned for.</summary>
public enum FineTuneTask
{
    /// <summary>What the data is for.</summary>
    Auto,

    /// <summary>One class for a text or a pair of texts.</summary>
    TextClassification,

    /// <summary>Multi-label: several classes for a text, or none.</summary>
    MultiLabelClassification,

    /// <summary>A class for each word, such as the entity that it belongs to.</summary>
    TokenClassification,

    /// <summary>The words behind masks: pre-training, or more of it on text of one's own.</summary>
    MaskedLanguageModeling,

    /// <summary>The next token, as decoders predict it; of conversations only the answers are learned.</summary>
    CausalLanguageModeling,
}
