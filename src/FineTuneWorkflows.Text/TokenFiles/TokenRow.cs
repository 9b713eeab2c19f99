namespace FineTuneWorkflows.Text.TokenFiles;

/// <summary>A row to be written; parts that its file does not have are passed over.</summary>
internal readonly ref struct TokenRow(ReadOnlySpan<int> ids)
{
    public ReadOnlySpan<int> Ids { get; } = ids;

    /// <summary>A label for each token.</summary>
    public ReadOnlySpan<int> TokenLabels { get; init; }

    public int Label { get; init; }

    /// <summary>The first token of type 1, or of the second of texts apart; the row's length where there is none.</summary>
    public int SecondStart { get; init; }

    /// <summary>The first token of the third of texts apart.</summary>
    public int ThirdStart { get; init; }

    /// <summary>How alike the texts are.</summary>
    public double Score { get; init; }

    /// <summary>The numbers of the classes that the row has.</summary>
    public ReadOnlySpan<int> Classes { get; init; }
}
