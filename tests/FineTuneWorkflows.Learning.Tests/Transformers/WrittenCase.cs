using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Adapters;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Models.Encoders;

namespace FineTuneWorkflows.Learning.Tests.Transformers;

/// <summary>A small model of ours that is to be loaded by transformers.</summary>
/// <param name="Name">What the case is called.</param>
/// <param name="Config">Its shape; token ids that are not set here are those of <see cref="DecoderConfig.For"/>'s.</param>
/// <param name="Task">Its head.</param>
/// <param name="Structure">How a base is changed before it is saved; null saves the model as it is made.</param>
/// <param name="Bare">Whether an adapter's base has no head.</param>
internal sealed record WrittenCase(string Name, ModelConfig Config, ModelTask Task, StructureOptions? Structure = null, bool Bare = false)
{
    private static readonly RopeScaling Linear = new("linear", 4, 1, 4, 8), Llama3 = new("llama3", 8, 1, 4, 8);

    public static IReadOnlyList<WrittenCase> All { get; } = [.. Encoders(), .. Decoders(), .. Adapters()];

    public IReadOnlyList<string> Labels => Task is ModelTask.SequenceClassification or ModelTask.TokenClassification ? ["a", "b", "c"] : [];

    /// <summary>What read_models.py calls a head.</summary>
    public static string HeadOf(ModelTask task) => task switch
    {
        ModelTask.SequenceClassification => "sequence",
        ModelTask.TokenClassification => "tokens",
        ModelTask.MaskedLanguageModeling => "masked",
        _ => "causal",
    };

    private static IEnumerable<WrittenCase> Encoders() =>
    [
        .. from family in EncoderFamily.All.Select(f => f.ModelType)
           from task in new[] { ModelTask.SequenceClassification, ModelTask.TokenClassification, ModelTask.MaskedLanguageModeling }
           select new WrittenCase($"{family} {task}", Encoder(family), task),
        new("bert several classes", Encoder("bert") with { ProblemType = ModelConfig.MultiLabel }, ModelTask.SequenceClassification),
        new("bert first layer", Encoder("bert"), ModelTask.TokenClassification, new StructureOptions { Layers = 1 }),
    ];

    private static IEnumerable<WrittenCase> Decoders() =>
    [
        .. from family in new[] { "gpt2", "llama", "mistral", "qwen2", "qwen3" }
           from task in new[] { ModelTask.CausalLanguageModeling, ModelTask.SequenceClassification, ModelTask.TokenClassification }
           select new WrittenCase($"{family} {task}", Decoder(family), task),
        new("gpt2 untied", Decoder("gpt2") with { TieWordEmbeddings = false }, ModelTask.CausalLanguageModeling),
        new("llama tied", Decoder("llama") with { TieWordEmbeddings = true, RopeTheta = 50 }, ModelTask.CausalLanguageModeling),
        new("llama biases", Decoder("llama") with { AttentionBias = true, MlpBias = true, KeyValueHeadCount = 1, HeadSize = 6 }, ModelTask.CausalLanguageModeling),
        new("llama linear", Decoder("llama") with { RopeScaling = Linear }, ModelTask.CausalLanguageModeling),
        new("llama llama3", Decoder("llama") with { RopeScaling = Llama3, RopeTheta = 50 }, ModelTask.CausalLanguageModeling),
        new("mistral window", Decoder("mistral") with { SlidingWindow = 3 }, ModelTask.CausalLanguageModeling),
        new("qwen3 first layers with types", Decoder("qwen3") with { SlidingWindow = 3, UseSlidingWindow = true, LayerTypes = ["sliding_attention", "full_attention"] },
            ModelTask.SequenceClassification, new StructureOptions { Layers = 1 }),
    ];

    private static IEnumerable<WrittenCase> Adapters() =>
    [
        .. from family in new[] { "bert", "roberta", "distilbert", "gpt2", "llama", "qwen3" }
           from task in new[] { ModelTask.SequenceClassification, ModelTask.TokenClassification }
           from all in new[] { false, true }
           select new WrittenCase(
               $"{family} adapter {task}{(all ? " all" : "")}", family is "gpt2" or "llama" or "qwen3" ? Decoder(family) : Encoder(family), task, Lora(all), Bare: all),
        .. from family in new[] { "gpt2", "llama", "qwen3" }
           from all in new[] { false, true }
           select new WrittenCase($"{family} adapter {ModelTask.CausalLanguageModeling}{(all ? " all" : "")}", Decoder(family), ModelTask.CausalLanguageModeling, Lora(all)),
        new("bert adapter masked", Encoder("bert"), ModelTask.MaskedLanguageModeling, Lora(true)),
        new("bert adapter dense", Encoder("bert"), ModelTask.SequenceClassification, new StructureOptions { Lora = new LoraOptions { TargetModules = ["query", "dense"] } }),
    ];

    private static StructureOptions Lora(bool all) => new() { Lora = new LoraOptions { Rank = 3, Alpha = 5, TargetModules = all ? [LoraOptions.AllLinear] : [] } };

    private static EncoderConfig Encoder(string family) => EncoderConfig.For(family) with
    {
        VocabSize = 20, HiddenSize = 12, LayerCount = 2, HeadCount = 2, IntermediateSize = 10, MaxPositions = 24, InitializerRange = 0.3,
    };

    private static DecoderConfig Decoder(string family) => DecoderConfig.For(family) with
    {
        VocabSize = 20, HiddenSize = 12, LayerCount = 2, HeadCount = 2, IntermediateSize = 10, MaxPositions = 24, InitializerRange = 0.3, HeadSize = family == "qwen3" ? 4 : null,
        KeyValueHeadCount = family == "gpt2" ? null : 1, StartTokenId = 1, EndTokenIds = [2],
    };
}
