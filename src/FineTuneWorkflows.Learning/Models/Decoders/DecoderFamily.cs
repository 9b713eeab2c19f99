using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Models.Layers;

namespace FineTuneWorkflows.Learning.Models.Decoders;

/// <summary>The families of causal decoders, as transformers has them.</summary>
internal sealed record DecoderFamily(string ModelType, string ClassName, string Prefix, string LayerFormat)
    : ModelFamily(ModelType, ClassName, Prefix, LayerFormat)
{
    private static readonly string[] WindowFields = ["sliding_window", "use_sliding_window", "max_window_layers", "layer_types"];

    public required DecoderConfig Defaults { get; init; }

    public required DecoderNames Names { get; init; }

    /// <summary>The layer that gives classes of tokens.</summary>
    public required string TokenHead { get; init; }

    /// <summary>Whether positions are rotations of queries and keys; else they are a table that is added to the words.</summary>
    public bool IsRotary { get; init; } = true;

    /// <summary>Whether normalization is by the root of the mean square, without shift.</summary>
    public bool HasRmsNorm { get; init; } = true;

    /// <summary>Whether queries, keys and values have biases whatever the configuration says.</summary>
    public bool HasQueryBias { get; init; }

    /// <summary>Whether the output of attention has a bias where queries, keys and values have.</summary>
    public bool BiasesAttentionOutput { get; init; } = true;

    /// <summary>Whether each head's queries and keys are normalized.</summary>
    public bool NormalizesHeads { get; init; }

    /// <summary>Whether the feed-forward layer is gated (Shazeer 2020, arXiv:2002.05202).</summary>
    public bool IsGated { get; init; } = true;

    public override IReadOnlyList<string> AdapterTargets => Names.Joined is { } joined ? [LastPart(joined)] : [LastPart(Names.Query), LastPart(Names.Value)];

    public override IReadOnlyList<IReadOnlyList<string>> Products =>
        [Names.Joined is { } joined ? [joined] : [Names.Query, Names.Key, Names.Value], [Names.AttentionOutput], IsGated ? [Names.Gate, Names.Up] : [Names.Up], [Names.Down]];

    public static IReadOnlyList<DecoderFamily> All { get; } = [Gpt2(), Llama(), Mistral(), Qwen2(), Qwen3()];

    public static DecoderFamily? Find(string modelType) => All.FirstOrDefault(family => family.ModelType == modelType);

    /// <summary>A normalization of the family's kind.</summary>
    public INorm Norm(ParameterStore store, string name, long width, double epsilon) =>
        HasRmsNorm ? new RmsNormLayer(store, name, width, epsilon) : new NormLayer(store, name, width, epsilon);

    private static DecoderFamily Gpt2() => new("gpt2", "GPT2", "transformer.", "h.{0}.")
    {
        Defaults = new DecoderConfig
        {
            ModelType = "gpt2", VocabSize = 50257, HiddenSize = 768, LayerCount = 12, HeadCount = 12, MaxPositions = 1024, Activation = "gelu_new",
            HiddenDropout = 0.1, AttentionDropout = 0.1, EmbeddingDropout = 0.1, NormEpsilon = 1e-5, AttentionBias = true, MlpBias = true,
            TieWordEmbeddings = true, StartTokenId = 50256, EndTokenIds = [50256],
        },
        FieldNames = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["hidden_size"] = "n_embd",
            ["num_hidden_layers"] = "n_layer",
            ["num_attention_heads"] = "n_head",
            ["intermediate_size"] = "n_inner",
            ["max_position_embeddings"] = "n_positions",
            ["hidden_act"] = "activation_function",
            ["hidden_dropout_prob"] = "resid_pdrop",
            ["embedding_dropout"] = "embd_pdrop",
            ["attention_probs_dropout_prob"] = "attn_pdrop",
            ["layer_norm_eps"] = "layer_norm_epsilon",
            ["num_key_value_heads"] = null,
            ["head_dim"] = null,
            ["attention_bias"] = null,
            ["mlp_bias"] = null,
            ["rope_theta"] = null,
            ["rope_scaling"] = null,
            ["sliding_window"] = null,
            ["use_sliding_window"] = null,
            ["max_window_layers"] = null,
            ["layer_types"] = null,
        },
        Names = DecoderNames.Gpt2,
        Embeddings = ["wte.", "wpe."],
        TokenHead = "classifier",
        HeadPrefixes = ["lm_head.", "score.", "classifier."],
        Tied = ["lm_head.weight"],
        // Old files keep the causal mask as a weight of each layer.
        Constants = [".attn.bias", ".attn.masked_bias"],
        IsRotary = false,
        HasRmsNorm = false,
        IsGated = false,
    };

    private static DecoderFamily Llama() => LlamaLike("llama", "Llama", Rotary("llama", 32000, 11008, 2048) with
    {
        StartTokenId = 1, EndTokenIds = [2],
    }, Fields(WindowFields));

    private static DecoderFamily Mistral() => LlamaLike("mistral", "Mistral", Rotary("mistral", 32000, 14336, 131_072) with
    {
        KeyValueHeadCount = 8, SlidingWindow = 4096, StartTokenId = 1, EndTokenIds = [2],
    }, Fields(["use_sliding_window", "max_window_layers", "layer_types", "attention_bias", "mlp_bias"]));

    private static DecoderFamily Qwen2() => LlamaLike("qwen2", "Qwen2", Qwen("qwen2"), Fields(["attention_bias", "mlp_bias"])) with
    {
        HasQueryBias = true, BiasesAttentionOutput = false,
    };

    private static DecoderFamily Qwen3() => LlamaLike("qwen3", "Qwen3", Qwen("qwen3") with { HeadSize = 128 }, Fields(["mlp_bias"])) with
    {
        NormalizesHeads = true,
    };

    private static DecoderFamily LlamaLike(string modelType, string className, DecoderConfig defaults, IReadOnlyDictionary<string, string?> fields) =>
        new(modelType, className, "model.", "layers.{0}.")
        {
            Defaults = defaults,
            FieldNames = fields,
            Names = DecoderNames.Llama,
            Embeddings = ["embed_tokens."],
            TokenHead = "score",
            HeadPrefixes = ["lm_head.", "score."],
            Tied = ["lm_head.weight"],
            Constants = ["rotary_emb.inv_freq"],
        };

    private static DecoderConfig Rotary(string modelType, int vocabulary, int intermediate, int positions) => new()
    {
        ModelType = modelType, VocabSize = vocabulary, HiddenSize = 4096, LayerCount = 32, HeadCount = 32, IntermediateSize = intermediate,
        MaxPositions = positions, Activation = "silu", NormEpsilon = 1e-6,
    };

    // The families that can switch the window off say so, and have it from a layer on.
    private static DecoderConfig Qwen(string modelType) => Rotary(modelType, 151_936, 22016, 32_768) with
    {
        SlidingWindow = 4096, UseSlidingWindow = false, MaxWindowLayers = 28,
    };

    private static Dictionary<string, string?> Fields(IEnumerable<string> lacking)
    {
        var fields = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["layer_norm_eps"] = "rms_norm_eps",
            ["attention_probs_dropout_prob"] = "attention_dropout",
            ["hidden_dropout_prob"] = null,
            ["embedding_dropout"] = null,
        };
        foreach (string name in lacking)
            fields[name] = null;
        return fields;
    }
}
