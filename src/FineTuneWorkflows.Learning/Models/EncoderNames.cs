using System.Globalization;

namespace FineTuneWorkflows.Learning.Models;

/// <summary>How a family names its encoder's weights in a Hugging Face checkpoint. A new family is a new table.</summary>
/// <param name="Prefix">What stands before all names of the encoder in a checkpoint with a head, such as <c>bert.</c>.</param>
/// <param name="LayerFormat">What stands before a layer's names; <c>{0}</c> is its number.</param>
internal sealed record EncoderNames(string Prefix, string LayerFormat)
{
    public required string WordEmbeddings { get; init; }

    public required string PositionEmbeddings { get; init; }

    public required string TokenTypeEmbeddings { get; init; }

    public required string EmbeddingNorm { get; init; }

    public required string Query { get; init; }

    public required string Key { get; init; }

    public required string Value { get; init; }

    public required string AttentionOutput { get; init; }

    public required string AttentionNorm { get; init; }

    public required string Intermediate { get; init; }

    public required string Output { get; init; }

    public required string OutputNorm { get; init; }

    public required string Pooler { get; init; }

    /// <summary>The names of BertModel.</summary>
    public static EncoderNames Bert { get; } = new("bert.", "encoder.layer.{0}.")
    {
        WordEmbeddings = "embeddings.word_embeddings",
        PositionEmbeddings = "embeddings.position_embeddings",
        TokenTypeEmbeddings = "embeddings.token_type_embeddings",
        EmbeddingNorm = "embeddings.LayerNorm",
        Query = "attention.self.query",
        Key = "attention.self.key",
        Value = "attention.self.value",
        AttentionOutput = "attention.output.dense",
        AttentionNorm = "attention.output.LayerNorm",
        Intermediate = "intermediate.dense",
        Output = "output.dense",
        OutputNorm = "output.LayerNorm",
        Pooler = "pooler.dense",
    };

    /// <summary>What stands before the names of layer <paramref name="index"/>, prefix included.</summary>
    public string Layer(int index) => Prefix + string.Format(CultureInfo.InvariantCulture, LayerFormat, index);
}
