using System.Text.Json;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Models.Decoders;
using FineTuneWorkflows.Learning.Models.Encoders;
using FineTuneWorkflows.Learning.Models.Heads;

namespace FineTuneWorkflows.Learning.Models;

/// <summary>Puts a model together from its family's table.</summary>
internal static class ModelParts
{
    public static (IBackbone Backbone, IHead Head) Make(ParameterStore store, ModelConfig config, ModelTask task) => config switch
    {
        EncoderConfig encoder => Encoder(store, encoder, task),
        DecoderConfig decoder => Decoder(store, decoder, task),
        _ => throw new ArgumentOutOfRangeException(nameof(config), config, "There is no such kind of model."),
    };

    private static (IBackbone, IHead) Encoder(ParameterStore store, EncoderConfig config, ModelTask task)
    {
        EncoderFamily family = config.Family();
        var encoder = new Encoder(store, config, family);
        int classes = config.Labels().Count;
        return (encoder, task switch
        {
            ModelTask.SequenceClassification => new SequenceHead(store, config, family, classes),
            ModelTask.TokenClassification => new TokenHead(
                store, "classifier", config.HiddenSize, classes,
                family.TokenHeadHasOwnDropout ? config.ClassifierDropout ?? config.HiddenDropout : config.HiddenDropout),
            ModelTask.MaskedLanguageModeling when config.Others.TryGetValue("tie_word_embeddings", out JsonElement tied) && tied.ValueKind == JsonValueKind.False =>
                throw new ModelException("tie_word_embeddings is false, but a head for masked tokens is supported only where it shares the word embeddings; it must be true or left out."),
            ModelTask.MaskedLanguageModeling => new MaskedHead(store, config, family, encoder.Words),
            _ => throw new ModelException($"A model of family {config.ModelType} reads in both directions, so it has no head for {task}. Use a decoder."),
        });
    }

    private static (IBackbone, IHead) Decoder(ParameterStore store, DecoderConfig config, ModelTask task)
    {
        DecoderFamily family = config.Family();
        var decoder = new Decoder(store, config, family);
        int classes = config.Labels().Count;
        return (decoder, task switch
        {
            ModelTask.CausalLanguageModeling => new CausalHead(store, config, decoder.Words),
            ModelTask.SequenceClassification => new LastTokenHead(store, config.HiddenSize, classes, config.ClassifierDropout ?? 0),
            ModelTask.TokenClassification => new TokenHead(store, family.TokenHead, config.HiddenSize, classes, config.ClassifierDropout ?? config.HiddenDropout),
            _ => throw new ModelException($"A model of family {config.ModelType} reads forwards only, so it has no head for {task}. Use an encoder."),
        });
    }
}
