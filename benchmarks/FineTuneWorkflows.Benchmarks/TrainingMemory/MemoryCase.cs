using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Adapters;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Training;
using FineTuneWorkflows.Learning.Training.Tasks;

namespace FineTuneWorkflows.Benchmarks.TrainingMemory;

/// <summary>A training whose memory is measured; texts of 128 tokens, dropout where the model has it.</summary>
/// <param name="Name">What its row is called.</param>
/// <param name="Preset">The model's sizes.</param>
/// <param name="Texts">How many texts a step has.</param>
/// <param name="Task">What is learned.</param>
internal sealed record MemoryCase(string Name, string Preset, int Texts, ModelTask Task = ModelTask.SequenceClassification)
{
    public const int Tokens = 128;

    private const int MaskToken = 103;

    /// <summary>BERT-base; a small one (4 layers of 512), with checkpointing, in pieces, in bfloat16, and masked language modeling; adapters upon BERT-base; and decoders that learn every token, one of them upon a frozen base.</summary>
    public static IReadOnlyList<MemoryCase> All { get; } =
    [
        new("base", "base", 8),
        new("base-lora", "base", 8) { Lora = new() { TargetModules = [LoraOptions.AllLinear] } },
        new("small", "small", 32),
        new("small-checkpointing", "small", 32) { Checkpointing = true },
        new("small-pieces", "small", 32) { Pieces = 8 },
        new("small-bfloat16", "small", 32) { Precision = Precision.BFloat16 },
        new("small-masked", "small", 32, ModelTask.MaskedLanguageModeling),
        new("gpt2-small", "gpt2-small", 16, ModelTask.CausalLanguageModeling),
        new("llama-small-lora", "llama-small", 16, ModelTask.CausalLanguageModeling) { Lora = new() { TargetModules = [LoraOptions.AllLinear] } },
    ];

    public bool Checkpointing { get; init; }

    public int Pieces { get; init; }

    public Precision Precision { get; init; }

    public LoraOptions? Lora { get; init; }

    public MaskingOptions? Masking => Task == ModelTask.MaskedLanguageModeling ? new() { MaskTokenId = MaskToken, SpecialTokenIds = [0, 101, 102] } : null;

    public TrainingOptions Options => new() { Epochs = 1, BatchSize = Texts, MicroBatchSize = Pieces, GradientCheckpointing = Checkpointing, Precision = Precision, CheckpointEverySeconds = 0 };

    public LanguageModel Make()
    {
        var model = LanguageModel.Create(ModelPresets.Get(Preset), Task, Task == ModelTask.SequenceClassification ? ["no", "yes"] : [], seed: 1);
        model.Prepare(new() { Lora = Lora });
        return model;
    }
}
