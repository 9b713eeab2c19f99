using System.Text.Json;
using FineTuneWorkflows.Learning.Models.Decoders;

namespace FineTuneWorkflows.Learning.Models.Configuration;

/// <summary>
/// The shape of a causal decoder: GPT-2 (Radford et al. 2019), Llama (Touvron et al. 2023, arXiv:2302.13971), Mistral (Jiang et al. 2023,
/// arXiv:2310.06825), Qwen2 (arXiv:2407.10671) or Qwen3 (arXiv:2505.09388).
/// </summary>
public sealed record DecoderConfig : ModelConfig
{
    // GPT-2's switches that change the numbers, and are off in every published checkpoint.
    private static readonly string[] Unsupported = ["scale_attn_by_inverse_layer_idx", "reorder_and_upcast_attn", "add_cross_attention"];

    /// <summary>Number of heads of keys and values; divides <see cref="ModelConfig.HeadCount"/> (Ainslie et al. 2023, arXiv:2305.13245). Null, the
    /// default, takes as many as there are heads.</summary>
    public int? KeyValueHeadCount { get; init; }

    /// <summary>Width of a head; null, the default, takes the hidden width over the heads.</summary>
    public int? HeadSize { get; init; }

    /// <summary>Dropout of the embeddings, 0 to 1; default 0.</summary>
    public double EmbeddingDropout { get; init; }

    /// <summary>Dropout before a head for classes, 0 to 1; null takes <see cref="ModelConfig.HiddenDropout"/> for classes of tokens and none for those of sequences, as
    /// transformers has none there.</summary>
    public double? ClassifierDropout { get; init; }

    /// <summary>Whether the projections of attention have biases; default false.</summary>
    public bool AttentionBias { get; init; }

    /// <summary>Whether the projections of the feed-forward layer have biases; default false.</summary>
    public bool MlpBias { get; init; }

    /// <summary>The base of the rotary positions' wavelengths (Su et al. 2021, arXiv:2104.09864); default 10000.</summary>
    public double RopeTheta { get; init; } = 10_000;

    /// <summary>How rotary positions are stretched; null, the default, for not at all.</summary>
    public RopeScaling? RopeScaling { get; init; }

    /// <summary>How many tokens a token sees, itself included; null for all before it.</summary>
    public int? SlidingWindow { get; init; }

    /// <summary>Whether <see cref="SlidingWindow"/> holds, in families that can switch it off; default true.</summary>
    public bool UseSlidingWindow { get; init; } = true;

    /// <summary>Layers from this one on have the sliding window, in families that can switch it off; default 0.</summary>
    public int MaxWindowLayers { get; init; }

    /// <summary>For each layer <c>full_attention</c> or <c>sliding_attention</c>; null where the other settings say it.</summary>
    public IReadOnlyList<string>? LayerTypes { get; init; }

    /// <summary>Whether the head's matrix is the word embeddings; default false.</summary>
    public bool TieWordEmbeddings { get; init; }

    /// <summary>The token that begins a text; null for none.</summary>
    public int? StartTokenId { get; init; }

    /// <summary>The tokens that end a text; any number.</summary>
    public IReadOnlyList<int> EndTokenIds { get; init; } = [];

    internal int KeyValueHeads => KeyValueHeadCount ?? HeadCount;

    internal int HeadWidth => HeadSize ?? HiddenSize / HeadCount;

    /// <summary>The defaults of a family: <c>gpt2</c>, <c>llama</c>, <c>mistral</c>, <c>qwen2</c> or <c>qwen3</c>.</summary>
    /// <exception cref="ModelException">There is no such family of decoders.</exception>
    public static DecoderConfig For(string modelType) => Known(modelType).Defaults.Completed(modelType);

    /// <summary>How many tokens a layer's tokens see, themselves included; null for all before them.</summary>
    /// <param name="layer">The layer, from 0.</param>
    public int? WindowOf(int layer)
    {
        if (LayerTypes is not null)
            return LayerTypes[layer] == "sliding_attention" ? SlidingWindow : null;
        return UseSlidingWindow && layer >= MaxWindowLayers ? SlidingWindow : null;
    }

    /// <inheritdoc />
    public override void Check(string source)
    {
        var check = new ConfigCheck(source, Family().FieldNames);
        CheckCommon(check);
        check.Positive(KeyValueHeads, "num_key_value_heads");
        check.Require(HeadSize is not null || HiddenSize % HeadCount == 0, "num_attention_heads", HeadCount, $"it must divide hidden_size, which is {HiddenSize}");
        check.Positive(HeadWidth, "head_dim");
        check.Require(HeadCount % KeyValueHeads == 0, "num_key_value_heads", KeyValueHeads, $"it must divide num_attention_heads, which is {HeadCount}");
        check.Require(!Family().IsRotary || HeadWidth % 2 == 0, "head_dim", HeadWidth, "rotary positions need an even number");
        check.Require(RopeTheta > 0, "rope_theta", RopeTheta, "it must be above 0");
        check.Require(SlidingWindow is null or > 0, "sliding_window", SlidingWindow, "it must be 1 or more");
        if (LayerTypes is not null)
        {
            check.Require(LayerTypes.Count >= LayerCount, "layer_types", $"a list of {LayerTypes.Count}", $"it must have one entry for each of {LayerCount} layers");
            check.Require(
                LayerTypes.All(type => type is "full_attention" or "sliding_attention"), "layer_types", string.Join(", ", LayerTypes.Distinct()),
                "use full_attention and sliding_attention");
        }
        check.Probability(EmbeddingDropout, "embedding_dropout");
        check.Probability(ClassifierDropout ?? 0, "classifier_dropout");
        foreach (string name in Unsupported)
            check.Require(!Others.TryGetValue(name, out JsonElement value) || value.ValueKind != JsonValueKind.True, name, "true", "only false is supported");
        RopeScaling?.Check(source);
    }

    internal override ModelFamily FamilyTable() => Family();

    internal DecoderFamily Family() => Known(ModelType);

    // As is usual with vocabularies that have no token for it: what ends a text pads too.
    private protected override ModelConfig Padded() => PadTokenId is not null ? this : this with { PadTokenId = EndTokenIds.FirstOrDefault(id => id < VocabSize) };

    /// <summary>With what follows from other fields where the file does not say it.</summary>
    internal DecoderConfig Completed(string path)
    {
        DecoderConfig config = this;
        // Newer files of transformers have both in one field.
        if (Others.TryGetValue("rope_parameters", out JsonElement rope) && rope.ValueKind == JsonValueKind.Object)
        {
            if (rope.TryGetProperty("rope_theta", out JsonElement theta))
                config = config with { RopeTheta = new FieldValue(path, "rope_parameters.rope_theta", theta).Number() };
            config = config with { RopeScaling = RopeScaling.Read(new FieldValue(path, "rope_parameters", rope)) };
        }
        return config with { IntermediateSize = IntermediateSize > 0 ? IntermediateSize : 4 * HiddenSize };
    }

    private static DecoderFamily Known(string modelType) => DecoderFamily.Find(modelType)
        ?? throw new ModelException($"'{modelType}' is no family of decoders. They are {string.Join(", ", DecoderFamily.All.Select(f => f.ModelType))}.");
}
