using System.Globalization;
using FineTuneWorkflows.Learning.Models.Adapters;
using FineTuneWorkflows.Learning.Models.Configuration;

namespace FineTuneWorkflows.Learning.Models;

/// <summary>Changes to a base model's structure before it is fine-tuned.</summary>
public sealed record StructureOptions
{
    /// <summary>Keep only the first layers; null (the default) keeps all.</summary>
    public int? Layers { get; init; }

    /// <summary>Dropout of hidden states and attention, 0 to below 1; null (the default) keeps the base's.</summary>
    public double? Dropout { get; init; }

    /// <summary>Dropout before a head for classes, 0 to below 1; null (the default) keeps the base's. DistilBERT's over tokens and heads that predict words have none of their
    /// own.</summary>
    public double? ClassifierDropout { get; init; }

    /// <summary>What an encoder's classifier of sequences sees; null (the default) keeps the base's, which is the first token's vector unless the base was
    /// trained here with another.</summary>
    public SequencePooling? Pooling { get; init; }

    /// <summary>Whether the classification is multi-label: a sequence can have several classes, or none; default false: it has one.</summary>
    public bool MultiLabel { get; init; }

    /// <summary>The number of first layers whose weights stay as they are; default 0.</summary>
    public int FreezeLayers { get; init; }

    /// <summary>Whether the embeddings' weights stay as they are; default false.</summary>
    public bool FreezeEmbeddings { get; init; }

    /// <summary>Train adapters beside the base's weights instead of these; null (the default) trains the weights.</summary>
    public LoraOptions? Lora { get; init; }

    /// <summary>Whether the weights of a base with adapters keep 16 bits where its file has bfloat16, instead of being widened to 32; default false.</summary>
    public bool KeepBFloat16 { get; init; }

    /// <summary>The id with which the tokenizer pads, for a base whose configuration names none; null (the default) where the tokenizer has none either. transformers finds a
    /// sequence's last token by it.</summary>
    public int? PadTokenId { get; init; }

    /// <summary>The seed of newly initialized weights; default 42.</summary>
    public long Seed { get; init; } = 42;

    /// <summary>The configuration with these changes. Freezing and adapters are no part of it.</summary>
    /// <param name="config">The base's configuration.</param>
    /// <param name="task">What the head is to do.</param>
    /// <exception cref="ModelException">More layers are asked for than there are, or what the family's head for the task does not have: pooling, or dropout of its own.</exception>
    public ModelConfig Apply(ModelConfig config, ModelTask task)
    {
        if (Layers is int layers && (layers < 1 || layers > config.LayerCount))
            throw new ModelException($"Layers is {layers}; the base has {config.LayerCount} layers, so it must be 1 to {config.LayerCount}.");
        if (ClassifierDropout is { } dropout && !HasClassifierDropout(config, task))
            throw new ModelException(string.Create(CultureInfo.InvariantCulture,
                $"ClassifierDropout is {dropout}, but the head for {task} of a model of family {config.ModelType} has no dropout of its own; leave it out, or set Dropout."));
        if (Pooling is { } pooling && (config is not EncoderConfig || task != ModelTask.SequenceClassification))
            throw new ModelException(config is EncoderConfig ? $"Pooling is {pooling}, but a model for {task} has a prediction for each token, not one for the sequence; leave it out."
                : $"Pooling is {pooling}, but a model of family {config.ModelType} classifies by a sequence's last token; leave it out.");
        ModelConfig changed = config with
        {
            LayerCount = Layers ?? config.LayerCount,
            HiddenDropout = Dropout ?? config.HiddenDropout,
            AttentionDropout = Dropout ?? config.AttentionDropout,
            PadTokenId = config.PadTokenId ?? (PadTokenId < config.VocabSize ? PadTokenId : null),
            ProblemType = MultiLabel ? ModelConfig.MultiLabel : ModelConfig.SingleLabel,
        };
        if (changed is EncoderConfig encoder)
            return encoder with { ClassifierDropout = ClassifierDropout ?? encoder.ClassifierDropout, Pooling = Pooling ?? encoder.Pooling };
        if (changed is DecoderConfig decoder)
        {
            changed = decoder with
            {
                EmbeddingDropout = Dropout ?? decoder.EmbeddingDropout,
                ClassifierDropout = ClassifierDropout ?? decoder.ClassifierDropout,
                LayerTypes = decoder.LayerTypes is { } types ? [.. types.Take(decoder.LayerCount)] : null,
            };
        }
        return changed;
    }

    private static bool HasClassifierDropout(ModelConfig config, ModelTask task) => task == ModelTask.SequenceClassification
        || (task == ModelTask.TokenClassification && (config is not EncoderConfig encoder || encoder.Family().TokenHeadHasOwnDropout));
}
