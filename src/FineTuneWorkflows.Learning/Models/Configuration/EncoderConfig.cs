using FineTuneWorkflows.Learning.Models.Encoders;

namespace FineTuneWorkflows.Learning.Models.Configuration;

/// <summary>
/// The shape of a bidirectional encoder: BERT (Devlin et al. 2018, arXiv:1810.04805), RoBERTa (Liu et al. 2019, arXiv:1907.11692), XLM-R (Conneau et al.
/// 2019, arXiv:1911.02116) or DistilBERT (Sanh et al. 2019, arXiv:1910.01108). Defaults are those of bert-base-uncased.
/// </summary>
public sealed record EncoderConfig : ModelConfig
{
    /// <summary>A configuration of bert-base-uncased.</summary>
    public EncoderConfig()
    {
        ModelType = "bert";
        VocabSize = 30522;
        HiddenSize = 768;
        LayerCount = 12;
        HeadCount = 12;
        IntermediateSize = 3072;
        MaxPositions = 512;
        HiddenDropout = 0.1;
        AttentionDropout = 0.1;
        NormEpsilon = 1e-12;
        PadTokenId = 0;
    }

    /// <summary>Number of token types (sentence A and B); 0 for families without them. Default 2.</summary>
    public int TokenTypeCount { get; init; } = 2;

    /// <summary>Dropout before the classifier, 0 to 1; null takes <see cref="ModelConfig.HiddenDropout"/>.</summary>
    public double? ClassifierDropout { get; init; }

    /// <summary>How positions enter; only <c>absolute</c> is supported.</summary>
    public string PositionEmbeddingType { get; init; } = "absolute";

    /// <summary>What vector of a sequence its classifier sees; default the first token's.</summary>
    public SequencePooling Pooling { get; init; }

    /// <inheritdoc />
    public override int MaxTokens => Family().PositionsFollowPadding ? MaxPositions - PadTokenId!.Value - 1 : MaxPositions;

    /// <summary>The defaults of a family: <c>bert</c>, <c>roberta</c>, <c>xlm-roberta</c> or <c>distilbert</c>.</summary>
    /// <exception cref="ModelException">There is no such family of encoders.</exception>
    public static EncoderConfig For(string modelType) => EncoderFamily.Find(modelType)?.Defaults
        ?? throw new ModelException($"'{modelType}' is no family of encoders. They are {string.Join(", ", EncoderFamily.All.Select(f => f.ModelType))}.");

    /// <inheritdoc />
    public override void Check(string source)
    {
        var check = new ConfigCheck(source, Family().FieldNames);
        CheckCommon(check);
        check.Require(TokenTypeCount >= 0, "type_vocab_size", TokenTypeCount, "it must be 0 or more");
        check.Require(HiddenSize % HeadCount == 0, "num_attention_heads", HeadCount, $"it must divide hidden_size, which is {HiddenSize}");
        check.Require(PositionEmbeddingType == "absolute", "position_embedding_type", PositionEmbeddingType, "only absolute is supported");
        check.Require(PadTokenId is not null, "pad_token_id", null, "an encoder needs one");
        check.Require(MaxTokens > 0, "max_position_embeddings", MaxPositions, $"positions begin after pad_token_id, which is {PadTokenId}");
        check.Probability(ClassifierDropout ?? 0, "classifier_dropout");
    }

    internal override int TokenTypes => TokenTypeCount;

    internal override ModelFamily FamilyTable() => Family();

    internal EncoderFamily Family() => EncoderFamily.Find(ModelType)
        ?? throw new ModelException($"'{ModelType}' is no family of encoders. They are {string.Join(", ", EncoderFamily.All.Select(f => f.ModelType))}.");
}
