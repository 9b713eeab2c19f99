using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Text.TokenFiles;

/// <summary>Rows that one thread encoded, in buffers that are used again.</summary>
internal sealed class RowBatch
{
    /// <summary>The tokens of all rows, one after another.</summary>
    public TokenList Tokens { get; } = new(detailed: false);

    /// <summary>A label for each token, where tokens have labels.</summary>
    public List<int> TokenLabels { get; } = [];

    /// <summary>The class numbers of all rows, one after another: the one, those of many, or those of the tagged words.</summary>
    public List<int> Classes { get; } = [];

    /// <summary>The first token of each row's third text, and its score; of kinds that have one of them.</summary>
    public List<(int ThirdStart, double Score)> Extras { get; } = [];

    /// <summary>What each row appended, with how many class numbers.</summary>
    public List<(EncodedRow Row, int Classes)> Rows { get; } = [];

    public void Clear()
    {
        Tokens.Clear();
        TokenLabels.Clear();
        Classes.Clear();
        Extras.Clear();
        Rows.Clear();
    }
}
