namespace FineTuneWorkflows.Learning.Models;

/// <summary>What the encoder implementation needs to know, whatever family the configuration is of.</summary>
internal sealed record EncoderShape
{
    public required int VocabSize { get; init; }

    public required int HiddenSize { get; init; }

    public required int LayerCount { get; init; }

    public required int HeadCount { get; init; }

    public required int IntermediateSize { get; init; }

    public required int MaxPositions { get; init; }

    /// <summary>Number of token types; 0 for families without.</summary>
    public required int TokenTypeCount { get; init; }

    public required string Activation { get; init; }

    public required double HiddenDropout { get; init; }

    public required double AttentionDropout { get; init; }

    public required double NormEpsilon { get; init; }

    public required double InitializerRange { get; init; }

    public required bool HasPooler { get; init; }

    public static EncoderShape Of(BertConfig config) => new()
    {
        VocabSize = config.VocabSize,
        HiddenSize = config.HiddenSize,
        LayerCount = config.LayerCount,
        HeadCount = config.HeadCount,
        IntermediateSize = config.IntermediateSize,
        MaxPositions = config.MaxPositions,
        TokenTypeCount = config.TokenTypeCount,
        Activation = config.Activation,
        HiddenDropout = config.HiddenDropout,
        AttentionDropout = config.AttentionDropout,
        NormEpsilon = config.LayerNormEpsilon,
        InitializerRange = config.InitializerRange,
        HasPooler = true,
    };
}
