namespace FineTuneWorkflows.Stages.Tokenize;

/// <summary>What kind of vocabulary is learned.</summary>
public enum TokenizerKind
{
    /// <summary>WordPiece, lower case, with a mask token: for encoders such as BERT.</summary>
    WordPiece,

    /// <summary>Byte-level BPE, which keeps every character: for decoders such as GPT-2.</summary>
    BytePair,
}
