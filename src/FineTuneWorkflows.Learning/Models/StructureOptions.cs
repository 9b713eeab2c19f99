namespace FineTuneWorkflows.Learning.Models;

/// <summary>Changes to a base model's structure before it is fine-tuned.</summary>
public sealed record StructureOptions
{
    /// <summary>Keep only the first layers; null (the default) keeps all.</summary>
    public int? Layers { get; init; }

    /// <summary>Dropout of hidden states and attention, 0 to below 1; null (the default) keeps the base's.</summary>
    public double? Dropout { get; init; }

    /// <summary>Dropout before the classifier, 0 to below 1; null (the default) keeps the base's.</summary>
    public double? ClassifierDropout { get; init; }

    /// <summary>The seed of weights that start fresh; default 42.</summary>
    public long Seed { get; init; } = 42;

    /// <summary>The configuration with these changes.</summary>
    /// <exception cref="ModelException">More layers are asked for than there are.</exception>
    public BertConfig Apply(BertConfig config)
    {
        if (Layers is int layers && (layers < 1 || layers > config.LayerCount))
            throw new ModelException($"Layers is {layers}; the base has {config.LayerCount} layers, so it must be 1 to {config.LayerCount}.");
        return config with
        {
            LayerCount = Layers ?? config.LayerCount,
            HiddenDropout = Dropout ?? config.HiddenDropout,
            AttentionDropout = Dropout ?? config.AttentionDropout,
            ClassifierDropout = ClassifierDropout ?? config.ClassifierDropout,
        };
    }
}
