using FineTuneWorkflows.Text.Conversations;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Labelling;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Text.TokenFiles;

/// <summary>What <c>tokens.json</c> says. Holds neither times nor folders, so that equal data gives equal bytes.</summary>
public sealed record TokenizedInfo
{
    /// <summary>The layout that this version of the library writes and reads.</summary>
    public const int CurrentFormat = 2;

    /// <summary>The layout's version.</summary>
    public int Format { get; init; } = CurrentFormat;

    /// <summary>What the examples are.</summary>
    public required DataKind Kind { get; init; }

    /// <summary>The labels, for tagged words the tags; a label's position is its class number. None for kinds without labels.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>The SHA-256 of the vocabulary.</summary>
    public required string VocabularySha256 { get; init; }

    /// <summary>The digest of all of the tokenizer's files, see <see cref="Tokenizer.Sha256"/>.</summary>
    public required string TokenizerSha256 { get; init; }

    /// <summary>How many entries the vocabulary has.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>The most tokens a row keeps.</summary>
    public required int MaxLength { get; init; }

    /// <summary>Whether documents or conversations were joined to rows.</summary>
    public bool Packed { get; init; }

    /// <summary>The token after each document in joined rows; null where there is none.</summary>
    public int? DocumentDivider { get; init; }

    /// <summary>Whether each sub-word of a tagged word has a label, not the first alone.</summary>
    public bool LabelAllSubwords { get; init; }

    /// <summary>What the scores of scored pairs can be; null for other kinds.</summary>
    public ScoreRange? Scores { get; init; }

    /// <summary>How tagged words were divided, see <see cref="DatasetInfo.Division"/>; null for other kinds.</summary>
    public WordDivision? Division { get; init; }

    /// <summary>How conversations were written; null where the tokenizer's own chat template said it, and for other kinds.</summary>
    public ChatFormat? ChatFormat { get; init; }

    /// <summary>The ids of the special tokens.</summary>
    public required SpecialTokenIds SpecialTokens { get; init; }

    /// <summary>What each split holds, under its name (<c>train</c>, <c>validation</c>, <c>test</c>).</summary>
    public required IReadOnlyDictionary<string, TokenSplitSummary> Splits { get; init; }
}
