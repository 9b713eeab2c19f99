using FineTuneWorkflows.Foundation.Randomness;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Adapters;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Tests.Support;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Tests.Models.Adapters;

/// <summary>Small bases with adapters whose every number is random.</summary>
internal static class AdaptedModel
{
    public static readonly int[][] Sequences = [[2, 10, 11, 30, 59], [2, 12], [2, 40, 41, 42, 13, 14, 15]];

    public static ModelTask TaskOf(string family) => ConfigOf(family) is DecoderConfig ? ModelTask.CausalLanguageModeling : ModelTask.SequenceClassification;

    public static IReadOnlyList<string> LabelsOf(ModelTask task) => task == ModelTask.CausalLanguageModeling ? [] : ["no", "yes"];

    public static ModelConfig ConfigOf(string family) => family is "gpt2" or "llama" or "mistral" or "qwen2" or "qwen3"
        ? DecoderConfig.For(family) with
        {
            VocabSize = 60, HiddenSize = 16, LayerCount = 2, HeadCount = 4, KeyValueHeadCount = family == "gpt2" ? null : 2, HeadSize = null, IntermediateSize = 32, MaxPositions = 24,
            InitializerRange = 0.3, HiddenDropout = 0, AttentionDropout = 0, EmbeddingDropout = 0, StartTokenId = null, EndTokenIds = [], PadTokenId = null,
        }
        : EncoderConfig.For(family) with
        {
            VocabSize = 60, HiddenSize = 16, LayerCount = 2, HeadCount = 2, IntermediateSize = 32, MaxPositions = 24, InitializerRange = 0.3,
            HiddenDropout = 0, AttentionDropout = 0, ClassifierDropout = 0,
        };

    /// <summary>Writes a base of a family.</summary>
    public static void WriteBase(string family, string folder, ModelTask? task = null)
    {
        using LanguageModel model = RandomModel.Create(ConfigOf(family), task ?? TaskOf(family), LabelsOf(task ?? TaskOf(family)));
        model.Save(folder);
    }

    /// <summary>The base with adapters; B is filled too, where it would hide errors at 0.</summary>
    public static LanguageModel Load(string folder, string family, LoraOptions lora, bool filled = true, ModelTask? task = null)
    {
        ModelTask used = task ?? TaskOf(family);
        LanguageModel model = LanguageModel.FromPretrained(folder, used, LabelsOf(used), new StructureOptions { Lora = lora });
        if (!filled)
            return model;
        using var noGrad = torch.no_grad();
        foreach (ModelParameter parameter in model.Parameters.Where(p => p.Kind == ParameterKind.AdapterUp))
        {
            var random = new SplitMix64(DerivedSeed.For(5, parameter.Name));
            float[] noise = [.. Enumerable.Range(0, (int)parameter.Value.NumberOfElements).Select(_ => (random.NextBelow(2001) - 1000) * 3e-4f)];
            using torch.Tensor tensor = torch.tensor(noise, parameter.Value.shape);
            parameter.Value.copy_(tensor);
        }
        return model;
    }

    /// <summary>The logits of <see cref="Sequences"/>.</summary>
    public static float[] Logits(LanguageModel model, bool training = false)
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        var data = new LabelledData(Sequences);
        return [.. model.Logits(model.Batch([0, 1, 2], data), training).data<float>()];
    }

    public static double Distance(float[] first, float[] second) => first.Zip(second, (a, b) => Math.Abs((double)a - b)).Max();
}
