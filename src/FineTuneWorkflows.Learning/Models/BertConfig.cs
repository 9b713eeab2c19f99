using System.Text.Json;
using System.Text.Json.Serialization;

namespace FineTuneWorkflows.Learning.Models;

/// <summary>
/// The shape of a BERT encoder and its head, in the names of Hugging Face's <c>config.json</c>. Defaults are those of bert-base-uncased
/// (Devlin et al. 2018, arXiv:1810.04805). Fields of a read file that are not listed here are kept and written back.
/// </summary>
public sealed record BertConfig
{
    // Settable rather than init-only: the JSON source generator binds init-only properties as constructor parameters and so loses their defaults.

    /// <summary>The model family; <c>bert</c>.</summary>
    [JsonPropertyName("model_type")]
    public string ModelType { get; set; } = "bert";

    /// <summary>The class that transformers loads the folder with.</summary>
    [JsonPropertyName("architectures")]
    public IReadOnlyList<string> Architectures { get; set; } = ["BertForSequenceClassification"];

    /// <summary>Number of token ids; default 30522.</summary>
    [JsonPropertyName("vocab_size")]
    public int VocabSize { get; set; } = 30522;

    /// <summary>Width of the hidden states; default 768.</summary>
    [JsonPropertyName("hidden_size")]
    public int HiddenSize { get; set; } = 768;

    /// <summary>Number of layers; default 12.</summary>
    [JsonPropertyName("num_hidden_layers")]
    public int LayerCount { get; set; } = 12;

    /// <summary>Number of attention heads; divides <see cref="HiddenSize"/>; default 12.</summary>
    [JsonPropertyName("num_attention_heads")]
    public int HeadCount { get; set; } = 12;

    /// <summary>Width of the feed-forward layer; default 3072.</summary>
    [JsonPropertyName("intermediate_size")]
    public int IntermediateSize { get; set; } = 3072;

    /// <summary>The activation of the feed-forward layer; <c>gelu</c> (exact), <c>gelu_new</c> (tanh approximation) or <c>relu</c>.</summary>
    [JsonPropertyName("hidden_act")]
    public string Activation { get; set; } = "gelu";

    /// <summary>Dropout after embeddings, attention and feed-forward, 0 to 1; default 0.1.</summary>
    [JsonPropertyName("hidden_dropout_prob")]
    public double HiddenDropout { get; set; } = 0.1;

    /// <summary>Dropout of the attention weights, 0 to 1; default 0.1.</summary>
    [JsonPropertyName("attention_probs_dropout_prob")]
    public double AttentionDropout { get; set; } = 0.1;

    /// <summary>Dropout before the classifier, 0 to 1; null takes <see cref="HiddenDropout"/>.</summary>
    [JsonPropertyName("classifier_dropout")]
    public double? ClassifierDropout { get; set; }

    /// <summary>The longest sequence, in tokens; default 512.</summary>
    [JsonPropertyName("max_position_embeddings")]
    public int MaxPositions { get; set; } = 512;

    /// <summary>Number of token types (sentence A and B); default 2.</summary>
    [JsonPropertyName("type_vocab_size")]
    public int TokenTypeCount { get; set; } = 2;

    /// <summary>Standard deviation of fresh weights; default 0.02.</summary>
    [JsonPropertyName("initializer_range")]
    public double InitializerRange { get; set; } = 0.02;

    /// <summary>Added to the variance in layer normalization; default 1e-12.</summary>
    [JsonPropertyName("layer_norm_eps")]
    public double LayerNormEpsilon { get; set; } = 1e-12;

    /// <summary>The id that pads sequences; default 0.</summary>
    [JsonPropertyName("pad_token_id")]
    public int PadTokenId { get; set; }

    /// <summary>How positions enter; only <c>absolute</c> is supported.</summary>
    [JsonPropertyName("position_embedding_type")]
    public string PositionEmbeddingType { get; set; } = "absolute";

    /// <summary>What the head predicts, such as <c>single_label_classification</c>.</summary>
    [JsonPropertyName("problem_type")]
    public string? ProblemType { get; set; }

    /// <summary>Class names by number, as text: <c>"0": "negative"</c>.</summary>
    [JsonPropertyName("id2label")]
    public IReadOnlyDictionary<string, string>? LabelById { get; set; }

    /// <summary>Class numbers by name.</summary>
    [JsonPropertyName("label2id")]
    public IReadOnlyDictionary<string, int>? IdByLabel { get; set; }

    /// <summary>The element type of the weights, as transformers writes it; <c>float32</c>.</summary>
    [JsonPropertyName("torch_dtype")]
    public string? TorchType { get; set; }

    /// <summary>All other fields of the file.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Others { get; set; }

    /// <summary>The class names in order of their numbers; empty if the configuration has none.</summary>
    /// <exception cref="ModelException">The numbers are not 0, 1, 2, ...</exception>
    public IReadOnlyList<string> Labels()
    {
        if (LabelById is null)
            return [];
        string[] labels = new string[LabelById.Count];
        foreach ((string id, string label) in LabelById)
        {
            if (!int.TryParse(id, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int index)
                || index >= labels.Length)
                throw new ModelException($"id2label has the number '{id}'; with {labels.Length} labels the numbers must be 0 to "
                    + $"{labels.Length - 1}.");
            labels[index] = label;
        }
        return labels;
    }

    /// <summary>This configuration with a single-label classification head over these classes.</summary>
    public BertConfig WithLabels(IReadOnlyList<string> labels)
    {
        var byId = new Dictionary<string, string>(StringComparer.Ordinal);
        var byLabel = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < labels.Count; i++)
        {
            byId[i.ToString(System.Globalization.CultureInfo.InvariantCulture)] = labels[i];
            if (!byLabel.TryAdd(labels[i], i))
                throw new ModelException($"Class '{labels[i]}' is named twice.");
        }
        return this with
        {
            Architectures = ["BertForSequenceClassification"],
            ProblemType = "single_label_classification",
            LabelById = byId,
            IdByLabel = byLabel,
            TorchType = "float32",
        };
    }

    /// <summary>Refuses sizes and settings that no encoder can have.</summary>
    /// <param name="source">Where the configuration came from, for the message.</param>
    /// <exception cref="ModelException">A setting is out of range or not supported; the message names it and its value.</exception>
    public void Check(string source)
    {
        Require(ModelType == "bert", "model_type", ModelType, "bert is what can be read so far");
        Positive(VocabSize, "vocab_size");
        Positive(HiddenSize, "hidden_size");
        Positive(LayerCount, "num_hidden_layers");
        Positive(HeadCount, "num_attention_heads");
        Positive(IntermediateSize, "intermediate_size");
        Positive(MaxPositions, "max_position_embeddings");
        Positive(TokenTypeCount, "type_vocab_size");
        Require(HiddenSize % HeadCount == 0, "num_attention_heads", HeadCount, $"it must divide hidden_size, which is {HiddenSize}");
        Require(Activation is "gelu" or "gelu_new" or "relu", "hidden_act", Activation, "use gelu, gelu_new or relu");
        Require(PositionEmbeddingType == "absolute", "position_embedding_type", PositionEmbeddingType, "only absolute is supported");
        Require(PadTokenId >= 0 && PadTokenId < VocabSize, "pad_token_id", PadTokenId, $"it must be 0 to {VocabSize - 1}");
        Require(LayerNormEpsilon > 0, "layer_norm_eps", LayerNormEpsilon, "it must be above 0");
        Require(InitializerRange >= 0, "initializer_range", InitializerRange, "it must be 0 or more");
        Probability(HiddenDropout, "hidden_dropout_prob");
        Probability(AttentionDropout, "attention_probs_dropout_prob");
        Probability(ClassifierDropout ?? 0, "classifier_dropout");

        void Positive(int value, string name) => Require(value > 0, name, value, "it must be 1 or more");
        void Probability(double value, string name) => Require(value is >= 0 and < 1, name, value, "it must be 0 or more and below 1");
        void Require(bool condition, string name, object value, string right)
        {
            if (!condition)
                throw new ModelException(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{source}: {name} is {value}; {right}."));
        }
    }
}
