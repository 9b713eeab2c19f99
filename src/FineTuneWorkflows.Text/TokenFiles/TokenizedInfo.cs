using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Text.TokenFiles;

/// <summary>What <c>tokens.json</c> says. Holds neither times nor folders, so that equal data gives equal bytes.</summary>
public sealed record TokenizedInfo
{
    /// <summary>The layout that this version of the library writes and reads.</summary>
    public const int CurrentFormat = 1;

    /// <summary>The layout's version.</summary>
    public int Format { get; init; } = CurrentFormat;

    /// <summary>The labels; a label's position is its class number.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>The SHA-256 of the vocabulary.</summary>
    public required string VocabularySha256 { get; init; }

    /// <summary>How many entries the vocabulary has.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>The most tokens a row keeps.</summary>
    public required int MaxLength { get; init; }

    /// <summary>The ids of the special tokens.</summary>
    public required SpecialTokenIds SpecialTokens { get; init; }

    /// <summary>What each split holds, under its name (<c>train</c>, <c>validation</c>, <c>test</c>).</summary>
    public required IReadOnlyDictionary<string, TokenSplitSummary> Splits { get; init; }
}
