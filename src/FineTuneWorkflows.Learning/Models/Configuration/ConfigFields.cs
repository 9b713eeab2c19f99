using System.Text.Json.Nodes;

namespace FineTuneWorkflows.Learning.Models.Configuration;

/// <summary>The fields of <c>config.json</c>, under their usual names.</summary>
internal static class ConfigFields
{
    public static IReadOnlyList<ConfigField<EncoderConfig>> Encoder { get; } =
    [
        .. Sizes<EncoderConfig>(),
        new("type_vocab_size", c => c.TokenTypeCount, (c, v) => c with { TokenTypeCount = v.Int() }),
        new("hidden_act", c => c.Activation, (c, v) => c with { Activation = v.Text() }),
        new("hidden_dropout_prob", c => c.HiddenDropout, (c, v) => c with { HiddenDropout = v.Number() }),
        new("attention_probs_dropout_prob", c => c.AttentionDropout, (c, v) => c with { AttentionDropout = v.Number() }),
        new("classifier_dropout", c => c.ClassifierDropout, (c, v) => c with { ClassifierDropout = v.Number() }),
        new("layer_norm_eps", c => c.NormEpsilon, (c, v) => c with { NormEpsilon = v.Number() }),
        new("position_embedding_type", c => c.PositionEmbeddingType, (c, v) => c with { PositionEmbeddingType = v.Text() }),
        new("classifier_pooling", c => c.Pooling == SequencePooling.Mean ? "mean" : null, (c, v) => c with { Pooling = Pooling(v) }),
        .. Rest<EncoderConfig>(),
    ];

    public static IReadOnlyList<ConfigField<DecoderConfig>> Decoder { get; } =
    [
        .. Sizes<DecoderConfig>(),
        new("num_key_value_heads", c => c.KeyValueHeads, (c, v) => c with { KeyValueHeadCount = v.Int() }),
        new("head_dim", c => c.HeadWidth, (c, v) => c with { HeadSize = v.Int() }),
        new("hidden_act", c => c.Activation, (c, v) => c with { Activation = v.Text() }),
        new("hidden_dropout_prob", c => c.HiddenDropout, (c, v) => c with { HiddenDropout = v.Number() }),
        new("embedding_dropout", c => c.EmbeddingDropout, (c, v) => c with { EmbeddingDropout = v.Number() }),
        new("attention_probs_dropout_prob", c => c.AttentionDropout, (c, v) => c with { AttentionDropout = v.Number() }),
        new("classifier_dropout", c => c.ClassifierDropout, (c, v) => c with { ClassifierDropout = v.Number() }),
        new("layer_norm_eps", c => c.NormEpsilon, (c, v) => c with { NormEpsilon = v.Number() }),
        new("attention_bias", c => c.AttentionBias, (c, v) => c with { AttentionBias = v.Flag() }),
        new("mlp_bias", c => c.MlpBias, (c, v) => c with { MlpBias = v.Flag() }),
        new("rope_theta", c => c.RopeTheta, (c, v) => c with { RopeTheta = v.Number() }),
        new("rope_scaling", c => c.RopeScaling?.ToJson(), (c, v) => c with { RopeScaling = RopeScaling.Read(v) }),
        new("sliding_window", c => c.SlidingWindow, (c, v) => c with { SlidingWindow = v.Int() }, Clear: c => c with { SlidingWindow = null }),
        new("use_sliding_window", c => c.UseSlidingWindow, (c, v) => c with { UseSlidingWindow = v.Flag() }),
        new("max_window_layers", c => c.MaxWindowLayers, (c, v) => c with { MaxWindowLayers = v.Int() }),
        new("layer_types", c => c.LayerTypes is null ? null : Texts(c.LayerTypes), (c, v) => c with { LayerTypes = v.Texts() }),
        new("tie_word_embeddings", c => c.TieWordEmbeddings, (c, v) => c with { TieWordEmbeddings = v.Flag() }),
        new("bos_token_id", c => c.StartTokenId, (c, v) => c with { StartTokenId = v.Int() }, Clear: c => c with { StartTokenId = null }),
        new("eos_token_id", c => Ids(c.EndTokenIds), (c, v) => c with { EndTokenIds = v.Ints() }, Clear: c => c with { EndTokenIds = [] }),
        .. Rest<DecoderConfig>(),
    ];

    private static IEnumerable<ConfigField<T>> Sizes<T>()
        where T : ModelConfig =>
    [
        new("model_type", c => c.ModelType, (c, v) => c with { ModelType = v.Text() }),
        new("architectures", c => c.Architectures.Count == 0 ? null : Texts(c.Architectures), (c, v) => c with { Architectures = v.Texts() }),
        new("vocab_size", c => c.VocabSize, (c, v) => c with { VocabSize = v.Int() }),
        new("hidden_size", c => c.HiddenSize, (c, v) => c with { HiddenSize = v.Int() }),
        new("num_hidden_layers", c => c.LayerCount, (c, v) => c with { LayerCount = v.Int() }),
        new("num_attention_heads", c => c.HeadCount, (c, v) => c with { HeadCount = v.Int() }),
        new("intermediate_size", c => c.IntermediateSize, (c, v) => c with { IntermediateSize = v.Int() }),
        new("max_position_embeddings", c => c.MaxPositions, (c, v) => c with { MaxPositions = v.Int() }),
    ];

    private static IEnumerable<ConfigField<T>> Rest<T>()
        where T : ModelConfig =>
    [
        new("initializer_range", c => c.InitializerRange, (c, v) => c with { InitializerRange = v.Number() }),
        new("pad_token_id", c => c.PadTokenId, (c, v) => c with { PadTokenId = v.Int() }),
        new("problem_type", c => c.ProblemType, (c, v) => c with { ProblemType = v.Text() }),
        new("id2label", c => c.LabelById is null ? null : Map(c.LabelById.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value))),
            (c, v) => c with { LabelById = v.TextByText() }),
        // Follows from id2label, which is what is read.
        new("label2id", c => c.LabelById is null ? null : Map(c.Labels().Select((label, i) => KeyValuePair.Create(label, (JsonNode?)i))), (c, _) => c),
        new("torch_dtype", c => c.TorchType, (c, v) => c with { TorchType = v.Text() }),
    ];

    private static SequencePooling Pooling(FieldValue value) => value.Text() switch
    {
        "cls" => SequencePooling.FirstToken,
        "mean" => SequencePooling.Mean,
        _ => throw value.Wrong("cls or mean"),
    };

    private static JsonNode? Ids(IReadOnlyList<int> ids) => ids.Count switch
    {
        0 => null,
        1 => ids[0],
        _ => new JsonArray([.. ids.Select(id => (JsonNode?)id)]),
    };

    private static JsonArray Texts(IReadOnlyList<string> values) => new([.. values.Select(value => (JsonNode?)value)]);

    private static JsonObject Map(IEnumerable<KeyValuePair<string, JsonNode?>> pairs) => new(pairs);
}
