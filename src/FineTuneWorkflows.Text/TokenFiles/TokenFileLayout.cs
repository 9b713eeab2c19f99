using FineTuneWorkflows.Text.Datasets;

namespace FineTuneWorkflows.Text.TokenFiles;

/// <summary>What the token files of a kind of data have.</summary>
internal sealed record TokenFileLayout(int Classes, int VocabularySize, bool TokenLabels, TokenFileParts Parts)
{
    public int BytesPerToken => VocabularySize <= 65_536 ? sizeof(ushort) : sizeof(int);

    public int BytesPerTokenLabel => !TokenLabels ? 0 : Limit <= short.MaxValue + 1 ? sizeof(short) : sizeof(int);

    private int Limit => (Parts & TokenFileParts.LabelsAreIds) != 0 ? VocabularySize : Classes;

    public static TokenFileLayout Of(DataKind kind, int classes, int vocabularySize) => kind switch
    {
        DataKind.TextPairClassification => new(classes, vocabularySize, false, TokenFileParts.Labels | TokenFileParts.SecondStarts),
        DataKind.MultiLabelClassification => new(classes, vocabularySize, false, TokenFileParts.Classes),
        DataKind.TokenClassification => new(classes, vocabularySize, true, TokenFileParts.None),
        DataKind.PlainText => new(0, vocabularySize, false, TokenFileParts.None),
        DataKind.Conversations => new(0, vocabularySize, true, TokenFileParts.LabelsAreIds),
        DataKind.TextPairs => new(0, vocabularySize, false, TokenFileParts.SecondStarts),
        DataKind.TextTriplets => new(0, vocabularySize, false, TokenFileParts.SecondStarts | TokenFileParts.ThirdStarts),
        DataKind.ScoredTextPairs => new(0, vocabularySize, false, TokenFileParts.SecondStarts | TokenFileParts.Scores),
        _ => new(classes, vocabularySize, false, TokenFileParts.Labels),
    };

    public TokenFileHeader Header(long rows, long tokens) => new(BytesPerToken, rows, tokens, Classes, VocabularySize, BytesPerTokenLabel, Parts);
}
