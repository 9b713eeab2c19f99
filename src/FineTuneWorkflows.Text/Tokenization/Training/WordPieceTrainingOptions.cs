namespace FineTuneWorkflows.Text.Tokenization.Training;

/// <summary>What a vocabulary is to be like.</summary>
public sealed record WordPieceTrainingOptions
{
    /// <summary>The most entries, special tokens and single characters included. Default 8,192.</summary>
    public int VocabularySize { get; init; } = 8_192;

    /// <summary>How often two neighbouring pieces must stand there to become one; 1 or more. Default 2.</summary>
    public int MinFrequency { get; init; } = 2;

    /// <summary>The most different characters; the rarest beyond them have no entry, and words with them become the unknown token. Default 1,000.</summary>
    public int MaxAlphabet { get; init; } = 1_000;

    /// <summary>How texts are treated, and the names of the special tokens. Default: BERT uncased.</summary>
    public WordPieceOptions Tokenizer { get; init; } = new();
}
