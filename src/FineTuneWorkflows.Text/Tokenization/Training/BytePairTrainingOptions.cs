namespace FineTuneWorkflows.Text.Tokenization.Training;

/// <summary>What a byte-level vocabulary is to be like.</summary>
public sealed record BytePairTrainingOptions
{
    /// <summary>The most entries, the end token and the 256 bytes included. Default 8,192.</summary>
    public int VocabularySize { get; init; } = 8_192;

    /// <summary>How often two neighbouring pieces must stand there to become one; 1 or more. Default 2.</summary>
    public int MinFrequency { get; init; } = 2;

    /// <summary>The token that ends a text. Default GPT-2's.</summary>
    public string EndToken { get; init; } = "<|endoftext|>";
}
