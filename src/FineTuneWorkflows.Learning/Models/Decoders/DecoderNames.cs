namespace FineTuneWorkflows.Learning.Models.Decoders;

/// <summary>How a family names its decoder's weights in a Hugging Face checkpoint; those of a layer stand after the layer's prefix.</summary>
internal sealed record DecoderNames
{
    public required string Words { get; init; }

    public string? Positions { get; init; }

    public required string AttentionNorm { get; init; }

    /// <summary>Query, key and value in one matrix, <c>[in, out]</c>; null where they are three.</summary>
    public string? Joined { get; init; }

    public string Query { get; init; } = "self_attn.q_proj";

    public string Key { get; init; } = "self_attn.k_proj";

    public string Value { get; init; } = "self_attn.v_proj";

    public string QueryNorm { get; init; } = "self_attn.q_norm";

    public string KeyNorm { get; init; } = "self_attn.k_norm";

    public required string AttentionOutput { get; init; }

    public required string MlpNorm { get; init; }

    /// <summary>The gate of a gated feed-forward layer.</summary>
    public string Gate { get; init; } = "mlp.gate_proj";

    public required string Up { get; init; }

    public required string Down { get; init; }

    public required string FinalNorm { get; init; }

    /// <summary>Whether matrices are stored <c>[in, out]</c>.</summary>
    public bool IsTransposed { get; init; }

    public static DecoderNames Gpt2 { get; } = new()
    {
        Words = "wte",
        Positions = "wpe",
        AttentionNorm = "ln_1",
        Joined = "attn.c_attn",
        AttentionOutput = "attn.c_proj",
        MlpNorm = "ln_2",
        Up = "mlp.c_fc",
        Down = "mlp.c_proj",
        FinalNorm = "ln_f",
        IsTransposed = true,
    };

    public static DecoderNames Llama { get; } = new()
    {
        Words = "embed_tokens",
        AttentionNorm = "input_layernorm",
        AttentionOutput = "self_attn.o_proj",
        MlpNorm = "post_attention_layernorm",
        Up = "mlp.up_proj",
        Down = "mlp.down_proj",
        FinalNorm = "norm",
    };
}
