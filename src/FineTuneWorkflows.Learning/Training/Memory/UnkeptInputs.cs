using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Models.Decoders;
using FineTuneWorkflows.Learning.Models.Encoders;
using FineTuneWorkflows.Learning.Models.Layers;

namespace FineTuneWorkflows.Learning.Training.Memory;

/// <summary>The inputs of linear layers that backward does not need, as no matrix that they are multiplied with is trained.</summary>
internal static class UnkeptInputs
{
    /// <summary>Their width together.</summary>
    /// <param name="model">The model.</param>
    /// <param name="layer">The layer, from 0.</param>
    public static long Of(LanguageModel model, int layer)
    {
        string prefix = model.Config.FamilyTable().Layer(layer);
        long width = 0;
        foreach (string?[] names in SharingInputs(model.Config))
        {
            LinearLayer[] layers = [.. model.LinearLayers.Where(l => names.Any(name => l.Name == prefix + name))];
            // An adapter with dropout keeps the dropped input instead.
            if (layers.Length > 0 && layers.All(l => !l.Weight.Trainable && (l.Adapter is null || model.Lora is { Dropout: > 0 })))
                width += layers[0].Inputs;
        }
        return width;
    }

    private static string?[][] SharingInputs(ModelConfig config)
    {
        if (config is DecoderConfig decoder)
        {
            DecoderNames names = decoder.Family().Names;
            return [[names.Joined, names.Query, names.Key, names.Value], [names.AttentionOutput], [names.Gate, names.Up], [names.Down]];
        }
        EncoderNames own = ((EncoderConfig)config).Family().Names;
        return [[own.Query, own.Key, own.Value], [own.AttentionOutput], [own.Intermediate], [own.Output]];
    }
}
