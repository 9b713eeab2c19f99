namespace FineTuneWorkflows.Learning.Models.Encoders;

/// <summary>How a family names its encoder's weights in a Hugging Face checkpoint; those of a layer stand after the layer's prefix.</summary>
internal sealed record EncoderNames
{
    public string WordEmbeddings { get; init; } = "embeddings.word_embeddings";

    public string PositionEmbeddings { get; init; } = "embeddings.position_embeddings";

    public string TokenTypeEmbeddings { get; init; } = "embeddings.token_type_embeddings";

    public string EmbeddingNorm { get; init; } = "embeddings.LayerNorm";

    public required string Query { get; init; }

    public required string Key { get; init; }

    public required string Value { get; init; }

    public required string AttentionOutput { get; init; }

    public required string AttentionNorm { get; init; }

    public required string Intermediate { get; init; }

    public required string Output { get; init; }

    public required string OutputNorm { get; init; }

    /// <summary>The names of BertModel, which RoBERTa and XLM-R have too.</summary>
    public static EncoderNames Bert { get; } = new()
    {
        Query = "attention.self.query",
        Key = "attention.self.key",
        Value = "attention.self.value",
        AttentionOutput = "attention.output.dense",
        AttentionNorm = "attention.output.LayerNorm",
        Intermediate = "intermediate.dense",
        Output = "output.dense",
        OutputNorm = "output.LayerNorm",
    };

    /// <summary>The names of DistilBertModel.</summary>
    public static EncoderNames DistilBert { get; } = new()
    {
        Query = "attention.q_lin",
        Key = "attention.k_lin",
        Value = "attention.v_lin",
        AttentionOutput = "attention.out_lin",
        AttentionNorm = "sa_layer_norm",
        Intermediate = "ffn.lin1",
        Output = "ffn.lin2",
        OutputNorm = "output_layer_norm",
    };
}
