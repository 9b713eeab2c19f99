using FineTuneWorkflows.Benchmarks.Training;
using FineTuneWorkflows.Learning.Checkpoints;
using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Adapters;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Training;
using TorchSharp;

namespace FineTuneWorkflows.Benchmarks.Gpu;

/// <summary>A training that both halves do: BERT-base as a classifier, all weights; or a decoder of Qwen2-0.5B's shape with adapters upon weights of 16 bits. Random weights, drawn tokens, bfloat16.</summary>
/// <param name="Name">What its rows are called.</param>
/// <param name="IsDecoder">Whether it is the decoder.</param>
/// <param name="Batch">Sequences a step.</param>
/// <param name="Tokens">Tokens a sequence.</param>
/// <param name="Warmup">Steps that are not timed.</param>
/// <param name="Steps">Steps that are.</param>
/// <param name="IsSmall">Whether the model is a toy, to try the benchmark itself out.</param>
internal sealed record GpuCase(string Name, bool IsDecoder, int Batch, int Tokens, int Warmup, int Steps, bool IsSmall)
{
    public const int Rank = 16;
    public const int Alpha = 32;

    /// <summary>The cases at their real sizes, or as toys.</summary>
    public static IReadOnlyList<GpuCase> All(bool small) => small
        ? [new("bert", false, 4, 32, 2, 4, true), new("decoder-lora", true, 2, 32, 2, 4, true)]
        : [new("bert", false, 32, 128, 20, 200, false), new("decoder-lora", true, 8, 512, 10, 50, false)];

    public ModelTask Task => IsDecoder ? ModelTask.CausalLanguageModeling : ModelTask.SequenceClassification;

    public IReadOnlyList<string> Labels => IsDecoder ? [] : ["no", "yes"];

    public StructureOptions Structure => IsDecoder ? new() { Lora = new() { Rank = Rank, Alpha = Alpha, TargetModules = [LoraOptions.AllLinear] }, KeepBFloat16 = true } : new();

    public TrainingOptions Options => new() { Epochs = 1, BatchSize = Batch, Precision = Precision.BFloat16, CheckpointEverySeconds = 0 };

    /// <summary>Writes the model as a folder in Hugging Face's layout, the decoder's weights in 16 bits.</summary>
    public void Write(string folder)
    {
        using var model = LanguageModel.Create(Config, Task, Labels, seed: 1);
        if (!IsDecoder)
        {
            model.Save(folder);
            return;
        }

        Directory.CreateDirectory(folder);
        ConfigFile.Write(model.Config with { TorchType = "bfloat16" }, folder);
        SafetensorsWriter.Write(Path.Combine(folder, ModelWeights.SingleFile), model.Parameters.Select(p => KeyValuePair.Create(p.Name, p.Value)), type: torch.ScalarType.BFloat16);
    }

    /// <summary>The sequences of all steps.</summary>
    public ISequenceDataset Data(int vocabularySize) => new FixedLengths((Warmup + Steps) * Batch, Tokens, vocabularySize);

    /// <summary>
    /// The operations of the matrix products of one sequence: two for each weight and token forward, as many backward to the inputs, and as many again to the weights that are trained; attention over all pairs of tokens.
    /// </summary>
    public double Operations(LanguageModel model)
    {
        double width = model.Config.HiddenSize, heads = model.Config is DecoderConfig decoder ? decoder.HeadCount * decoder.HeadWidth : width;
        // The vocabulary's matrix of a decoder is its embeddings; a classifier's head sees one token, which is left out.
        var once = model.Parameters.Where(p => p.Kind is ParameterKind.Weight or ParameterKind.AdapterDown or ParameterKind.AdapterUp && p.Role is ParameterRole.Backbone or ParameterRole.Adapter)
            .Sum(p => p.Value.NumberOfElements * (p.Trainable ? 3.0 : 2.0));
        var vocabulary = IsDecoder ? 2 * model.Config.VocabSize * width : 0;
        return 2 * Tokens * (once + vocabulary + (3 * model.Config.LayerCount * 2 * Tokens * heads));
    }

    private ModelConfig Config => IsDecoder
        ? DecoderConfig.For("qwen2") with
        {
            VocabSize = IsSmall ? 1000 : 151_936, HiddenSize = IsSmall ? 64 : 896, LayerCount = IsSmall ? 2 : 24, HeadCount = IsSmall ? 4 : 14, KeyValueHeadCount = 2, IntermediateSize = IsSmall ? 128 : 4864,
            MaxPositions = 32_768, RopeTheta = 1e6, NormEpsilon = 1e-6, TieWordEmbeddings = true, StartTokenId = null, EndTokenIds = [],
        }
        : IsSmall ? ModelPresets.Get("tiny", vocabSize: 1000) : ModelPresets.Get("base");
}
