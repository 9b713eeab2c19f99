using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Models.Heads;

namespace FineTuneWorkflows.Learning.Models.Encoders;

/// <summary>The families of encoders, as transformers has them.</summary>
internal sealed record EncoderFamily(string ModelType, string ClassName, string Prefix, string LayerFormat)
    : ModelFamily(ModelType, ClassName, Prefix, LayerFormat)
{
    private static readonly Dictionary<string, string?> UsualFields = new(StringComparer.Ordinal);

    public required EncoderConfig Defaults { get; init; }

    public required EncoderNames Names { get; init; }

    public required SequenceHeadNames SequenceHead { get; init; }

    public required MaskedHeadNames MaskedHead { get; init; }

    /// <summary>Whether positions are counted from the padding's id on, as fairseq does.</summary>
    public bool PositionsFollowPadding { get; init; }

    /// <summary>Whether dropout applies between attention and its residual sum.</summary>
    public bool DropsAttentionOutput { get; init; } = true;

    /// <summary>Whether the classifier's dropout applies to a head over tokens; else that of hidden states does.</summary>
    public bool TokenHeadHasOwnDropout { get; init; } = true;

    public override IReadOnlyList<string> AdapterTargets => [LastPart(Names.Query), LastPart(Names.Value)];

    public override IReadOnlyList<IReadOnlyList<string>> Products => [[Names.Query, Names.Key, Names.Value], [Names.AttentionOutput], [Names.Intermediate], [Names.Output]];

    public static IReadOnlyList<EncoderFamily> All { get; } = [Bert(), Roberta("roberta", "Roberta", 50265), Roberta("xlm-roberta", "XLMRoberta", 250002), DistilBert()];

    public static EncoderFamily? Find(string modelType) => All.FirstOrDefault(family => family.ModelType == modelType);

    private static EncoderFamily Bert() => new("bert", "Bert", "bert.", "encoder.layer.{0}.")
    {
        Defaults = new EncoderConfig(),
        TokenizerClass = "BertTokenizer",
        FieldNames = UsualFields,
        Names = EncoderNames.Bert,
        Embeddings = ["embeddings."],
        SequenceHead = new("bert.pooler.dense", "classifier", "tanh", DropsInput: false),
        MaskedHead = new("cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm", "cls.predictions.bias", Activation: null),
        HeadPrefixes = ["cls.", "classifier.", "qa_outputs.", "bert.pooler."],
        Tied = ["cls.predictions.decoder.weight", "cls.predictions.decoder.bias"],
        Constants = ["embeddings.position_ids", "embeddings.token_type_ids"],
    };

    private static EncoderFamily Roberta(string modelType, string className, int vocabSize) => new(modelType, className, "roberta.", "encoder.layer.{0}.")
    {
        Defaults = new EncoderConfig
        {
            ModelType = modelType,
            VocabSize = vocabSize,
            MaxPositions = 514,
            TokenTypeCount = 1,
            NormEpsilon = 1e-5,
            PadTokenId = 1,
        },
        TokenizerClass = className + "Tokenizer",
        FieldNames = UsualFields,
        Names = EncoderNames.Bert,
        Embeddings = ["embeddings."],
        SequenceHead = new("classifier.dense", "classifier.out_proj", "tanh", DropsInput: true),
        MaskedHead = new("lm_head.dense", "lm_head.layer_norm", "lm_head.bias", Activation: "gelu"),
        HeadPrefixes = ["lm_head.", "classifier.", "qa_outputs.", "roberta.pooler."],
        Tied = ["lm_head.decoder.weight", "lm_head.decoder.bias"],
        Constants = ["embeddings.position_ids", "embeddings.token_type_ids"],
        PositionsFollowPadding = true,
    };

    private static EncoderFamily DistilBert() => new("distilbert", "DistilBert", "distilbert.", "transformer.layer.{0}.")
    {
        Defaults = new EncoderConfig { ModelType = "distilbert", LayerCount = 6, TokenTypeCount = 0, ClassifierDropout = 0.2 },
        TokenizerClass = "DistilBertTokenizer",
        FieldNames = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["hidden_size"] = "dim",
            ["num_hidden_layers"] = "n_layers",
            ["num_attention_heads"] = "n_heads",
            ["intermediate_size"] = "hidden_dim",
            ["hidden_act"] = "activation",
            ["hidden_dropout_prob"] = "dropout",
            ["attention_probs_dropout_prob"] = "attention_dropout",
            ["classifier_dropout"] = "seq_classif_dropout",
            ["type_vocab_size"] = null,
            ["layer_norm_eps"] = null,
            ["position_embedding_type"] = null,
        },
        Names = EncoderNames.DistilBert,
        Embeddings = ["embeddings."],
        SequenceHead = new("pre_classifier", "classifier", "relu", DropsInput: false),
        MaskedHead = new("vocab_transform", "vocab_layer_norm", "vocab_projector.bias", Activation: null),
        HeadPrefixes = ["vocab_transform.", "vocab_layer_norm.", "vocab_projector.", "pre_classifier.", "classifier.", "qa_outputs."],
        Tied = ["vocab_projector.weight"],
        Constants = ["embeddings.position_ids"],
        DropsAttentionOutput = false,
        TokenHeadHasOwnDropout = false,
    };
}
