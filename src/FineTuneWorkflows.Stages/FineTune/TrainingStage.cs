using System.ComponentModel.DataAnnotations;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Training;
using FineTuneWorkflows.Learning.Training.Memory;
using FineTuneWorkflows.Learning.Training.Tasks;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Stages.Validation;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.TokenFiles;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Stages.FineTune;

/// <summary>A stage that trains a model on tokens, whatever for: the parameters of model and training, and the run itself.</summary>
public abstract record TrainingStage : Stage
{
    private const string Checkpoints = "checkpoints";

    /// <summary>The model to start from. Default: <c>tiny</c>, from scratch.</summary>
    [Parameter("The model to start from: a folder in Hugging Face's layout (config.json, model.safetensors), hf://owner/name[@revision] of the Hugging Face Hub, or a preset that starts from scratch: tiny, mini, small, medium, base, large, or one of them with gpt2- or llama- before it for models that write texts.", Category = "Model"), Required]
    public string BaseModel { get; init; } = "tiny";

    /// <summary>Keep only the first layers. Default: all.</summary>
    [Parameter("Keep only so many of the base model's first layers, or how many layers a model from scratch has; empty keeps all, or takes the preset's.", Category = "Model"), Range(1, 1000)]
    public int? Layers { get; init; }

    /// <summary>The width of a model from scratch. Default: the preset's.</summary>
    [Parameter("The width of the hidden states of a model that starts from scratch; empty takes the preset's.", Category = "Model"), Range(1, 65_536)]
    public int? HiddenSize { get; init; }

    /// <summary>The attention heads of a model from scratch. Default: one for each 64 of the width.</summary>
    [Parameter("The attention heads of a model that starts from scratch; empty takes one for each 64 of the width.", Category = "Model"), Range(1, 1024)]
    public int? Heads { get; init; }

    /// <summary>The feed-forward width of a model from scratch. Default: four times the width.</summary>
    [Parameter("The width of the feed-forward layers of a model that starts from scratch; empty takes four times the width.", Category = "Model"), Range(1, 1_000_000)]
    public int? IntermediateSize { get; init; }

    /// <summary>Dropout of hidden states and attention. Default: the base model's.</summary>
    [Parameter("Dropout of hidden states and attention; empty keeps the base model's.", Category = "Model"), Range(0.0, 0.9)]
    public double? Dropout { get; init; }

    /// <summary>Passes over the training data. Default: 3.</summary>
    [Parameter("Passes over the training data.", Category = "Training"), Range(1, 10_000)]
    public int Epochs { get; init; } = 3;

    /// <summary>The peak learning rate. Default: 2e-5.</summary>
    [Parameter("The peak learning rate.", Category = "Training"), Range(1e-12, 1.0)]
    public double LearningRate { get; init; } = 2e-5;

    /// <summary>Texts per step. Default: 32.</summary>
    [Parameter("Texts per step.", Category = "Training"), Range(1, 65_536)]
    public int BatchSize { get; init; } = 32;

    /// <summary>The most token places of a step. Default: not bounded.</summary>
    [Parameter("The most token places of a step, padding included; cuts batches by length below BatchSize texts. 0 does not bound it.", Category = "Training"), Range(0, 1_000_000_000)]
    public int BatchTokens { get; init; }

    /// <summary>Texts computed at once. Default: whole batches.</summary>
    [Parameter("Texts computed at once; gradients of a larger batch's pieces are added, and the step is the whole batch's. 0 computes whole batches. Halved by itself when memory runs out.", Category = "Execution", AffectsResult = false), Range(0, 65_536)]
    public int MicroBatchSize { get; init; }

    /// <summary>Decoupled weight decay. Default: 0.01.</summary>
    [Parameter("Decoupled weight decay; none on biases and norms.", Category = "Training"), Range(0.0, 1.0)]
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>The share of steps in which the learning rate rises. Default: 0.1.</summary>
    [Parameter("The share of all steps in which the learning rate rises to its peak.", Category = "Training"), Range(0.0, 1.0)]
    public double WarmupRatio { get; init; } = 0.1;

    /// <summary>The number of steps in which the learning rate rises. Default: as WarmupRatio says.</summary>
    [Parameter("The number of steps in which the learning rate rises, instead of WarmupRatio; empty takes the ratio.", Category = "Training"), Range(0, int.MaxValue)]
    public int? WarmupSteps { get; init; }

    /// <summary>The learning rate's course after the warm-up. Default: linear.</summary>
    [Parameter("The learning rate's course after the warm-up.", Category = "Training")]
    public ScheduleKind Schedule { get; init; } = ScheduleKind.Linear;

    /// <summary>The power of the polynomial schedule. Default: 1.</summary>
    [Parameter("The power of the polynomial schedule; 1 is a straight line.", Category = "Training", AppliesWith = "Schedule=Polynomial"), Range(0.0, 100.0)]
    public double SchedulePower { get; init; } = 1;

    /// <summary>The longest gradient norm. Default: 1.</summary>
    [Parameter("Gradients whose norm is longer are scaled down to it; 0 does not clip.", Category = "Training"), Range(0.0, 1e9)]
    public double GradientClip { get; init; } = 1.0;

    /// <summary>Label smoothing. Default: 0.</summary>
    [Parameter("The share of probability that is spread over all classes in the targets.", Category = "Training"), Range(0.0, 0.9)]
    public double LabelSmoothing { get; init; }

    /// <summary>Decay of AdamW's first moment. Default: 0.9.</summary>
    [Parameter("The decay of AdamW's first moment, the mean of gradients.", Category = "Training"), Range(0.0, 0.999999)]
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of AdamW's second moment. Default: 0.999.</summary>
    [Parameter("The decay of AdamW's second moment, the mean of squared gradients.", Category = "Training"), Range(0.0, 0.9999999)]
    public double Beta2 { get; init; } = 0.999;

    /// <summary>What AdamW divides by at least. Default: 1e-8.</summary>
    [Parameter("What is added to the root of AdamW's second moment before the first is divided by it.", Category = "Training"), Range(1e-16, 1.0)]
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>The share of tokens that masked language modelling predicts. Default: 0.15.</summary>
    [Parameter("The share of tokens that masked language modelling predicts.", Category = "Training", AppliesWith = "Task=MaskedLanguageModeling"), Range(0.01, 0.9)]
    public double MaskProbability { get; init; } = 0.15;

    /// <summary>The share of predicted tokens that are masked. Default: 0.8.</summary>
    [Parameter("The share of predicted tokens that the mask replaces, in masked language modelling.", Category = "Training", AppliesWith = "Task=MaskedLanguageModeling"), Range(0.0, 1.0)]
    public double MaskShare { get; init; } = 0.8;

    /// <summary>The share of predicted tokens that a random one replaces. Default: 0.1.</summary>
    [Parameter("The share of predicted tokens that a random token replaces, in masked language modelling; those beyond MaskShare and this stay as they are.", Category = "Training", AppliesWith = "Task=MaskedLanguageModeling"), Range(0.0, 1.0)]
    public double RandomShare { get; init; } = 0.1;

    /// <summary>The seed. Default: 42.</summary>
    [Parameter("The seed of fresh weights, shuffling and dropout.", Category = "Training")]
    public long Seed { get; init; } = 42;

    /// <summary>Epochs without improvement before training stops. Default: never.</summary>
    [Parameter("Stop when the metric has not improved in so many epochs; 0 never does.", Category = "Selection"), Range(0, 10_000)]
    public int EarlyStoppingPatience { get; init; }

    /// <summary>Steps between checkpoints. Default: none besides those by time and epoch.</summary>
    [Parameter("Write a checkpoint after so many steps, besides the one after each epoch; 0 does not.", Category = "Execution", AffectsResult = false), Range(0, 1_000_000_000)]
    public int CheckpointEverySteps { get; init; }

    /// <summary>Seconds between checkpoints. Default: 300.</summary>
    [Parameter("Write a checkpoint when the last one is so many seconds old; 0 does not.", Category = "Execution", AffectsResult = false), Range(0, 1_000_000)]
    public int CheckpointEverySeconds { get; init; } = 300;

    /// <summary>How many checkpoints are kept. Default: 2.</summary>
    [Parameter("How many of the newest checkpoints are kept, besides the best.", Category = "Execution", AffectsResult = false), Range(1, 1000)]
    public int KeepCheckpoints { get; init; } = 2;

    /// <summary>The device. Default: auto.</summary>
    [Parameter("Where to compute: auto, cpu, cuda or cuda:n.", Category = "Execution", AffectsResult = false), DeviceName]
    public string Device { get; init; } = "auto";

    /// <summary>Threads. Default: as many as there are processors.</summary>
    [Parameter("Threads to compute with on the CPU; 0 takes as many as there are processors.", Category = "Execution", AffectsResult = false), Range(0, 4096)]
    public int Threads { get; init; }

    /// <summary>Gradient checkpointing. Default: off.</summary>
    [Parameter("Compute each layer again when its gradients are due instead of keeping what they need: less memory, a third more computing.", Category = "Execution")]
    public bool GradientCheckpointing { get; init; }

    /// <summary>How exactly layers compute. Default: 32-bit numbers throughout.</summary>
    [Parameter("How exactly layers compute: Float32; TensorFloat32, products on a GPU with fewer digits; BFloat16, 16-bit numbers, with weights, norms, losses and updates of 32. Refused where the device does not compute so.", Category = "Execution")]
    public Precision Precision { get; init; }

    /// <summary>Deterministic algorithms on a GPU. Default: off.</summary>
    [Parameter("Have a GPU take only algorithms that give the same bits each time, so that a resumed training ends as one that was not interrupted; slower. The CPU's always do.", Category = "Execution", AffectsResult = false)]
    public bool Deterministic { get; init; }

    /// <inheritdoc />
    public override StageResource Resource => TorchDevice.Parse(Device).IsCuda ? StageResource.Gpu : StageResource.Cpu;

    /// <inheritdoc />
    public override bool IsLong => true;

    /// <summary>The metric by which the best epoch is chosen.</summary>
    protected abstract string Selection { get; }

    /// <inheritdoc />
    public override IEnumerable<InputPath> InputPaths()
    {
        if (!ModelPresets.IsPreset(BaseModel))
            yield return BaseModels.Input(nameof(BaseModel), BaseModel);
    }

    /// <inheritdoc />
    public override IEnumerable<string> Check() => TrainingChecks.Of(this);

    /// <inheritdoc />
    public override IReadOnlyCollection<string> Measures => MetricNames.OfTraining;

    /// <inheritdoc />
    public override Task RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        TorchRuntime.EnsureLoaded(context.Trace);
        var tokens = TokenizedDataset.Open(context.Input("tokens").Path);
        var task = TaskFor(tokens.Info);
        using var training = tokens.Split(SplitName.Train);
        using var validation = tokens.Split(SplitName.Validation);
        TrainingChecks.Masking(this, task);
        using var model = Start(context, tokens.Info, task);
        var (examples, heldOut) = (new TokenSplitDataset(training), validation.Count > 0 ? new TokenSplitDataset(validation) : null);
        var masking = task == ModelTask.MaskedLanguageModeling ? Masking(tokens.Info) : null;
        var result = Trainer.Run(model, examples, heldOut, Options(), Path.Combine(context.WorkFolder, Checkpoints), new TrainingReporter(context), cancellationToken, masking, OtherWorkFolders(context));

        var folder = context.Output("model");
        Save(context, model, folder);
        ModelCompanions.Write(folder, model.Config, task, tokens, ModelPresets.IsPreset(BaseModel) ? null : BaseFolder(context));
        new ModelCard
        {
            Model = model,
            Result = result,
            Stage = this,
            Tokens = tokens.Info,
            TokensDigest = context.Input("tokens").Digest,
            Base = ModelPresets.IsPreset(BaseModel) ? null : CardBase.Of(context.PinnedInput(nameof(BaseModel)), context.InputFiles(nameof(BaseModel))),
        }.Write(folder);
        foreach (var (key, value) in result.Metrics)
            context.LogMetric($"best_{key}", value, result.BestStep);
        if (heldOut is not null)
            ClosingReport.Write(context, folder, model, examples, heldOut, result, Options(), masking, cancellationToken);
        context.SetTag("training/task", $"{task}");
        context.SetTag("training/best_epoch", FormattableString.Invariant($"{result.BestEpoch}"));
        if (result.StoppedEarly)
            context.Note($"stopped early: {Selection} did not improve in {EarlyStoppingPatience} epochs after epoch {result.BestEpoch}");
        return Task.CompletedTask;
    }

    /// <summary>What memory the training takes at most, from the parameters alone.</summary>
    /// <param name="tokens">What will be tokenized, as far as it is known.</param>
    /// <param name="baseFolder">The base model's folder; null for a preset.</param>
    /// <param name="checkpointing">Whether gradients are checkpointed.</param>
    /// <exception cref="StageException">The data does not serve what was asked for.</exception>
    internal MemoryEstimate Estimate(TokenizedInfo tokens, string? baseFolder, bool checkpointing)
    {
        var (task, structure, options) = (TaskFor(tokens), Structure(tokens), Options() with { GradientCheckpointing = checkpointing });
        var config = baseFolder is null ? Sized(ModelPresets.Get(BaseModel, tokens.VocabularySize, HiddenSize, Layers, Heads, IntermediateSize), tokens.SpecialTokens) : ModelConfig.Read(baseFolder);
        var longest = Math.Min(tokens.MaxLength, config.MaxTokens);
        return MemoryEstimate.Of(
            config, baseFolder is null ? structure with { Layers = null } : structure, task, tokens.Labels.Count, TorchDevice.Parse(Device), options,
            BatchShape.OfTraining(options, longest), BatchShape.OfValidation(options, longest), task == ModelTask.MaskedLanguageModeling ? Masking(tokens).Probability : 1);
    }

    /// <summary>What the head is to do.</summary>
    /// <param name="tokens">What was tokenized.</param>
    /// <exception cref="StageException">The data does not serve what was asked for.</exception>
    private protected abstract ModelTask TaskFor(TokenizedInfo tokens);

    /// <summary>Changes of a base's structure.</summary>
    private protected virtual StructureOptions Structure(TokenizedInfo tokens) => new() { Layers = Layers, Dropout = Dropout, PadTokenId = tokens.SpecialTokens.Padding, Seed = Seed };

    /// <summary>Writes the trained model; afterwards it has no adapters.</summary>
    /// <param name="context">The stage's context.</param>
    /// <param name="model">The model.</param>
    /// <param name="folder">The model's folder.</param>
    private protected virtual void Save(StageContext context, LanguageModel model, string folder) => model.Save(folder);

    /// <summary>How tokens are masked.</summary>
    private MaskingOptions Masking(TokenizedInfo tokens) => new()
    {
        MaskTokenId = tokens.SpecialTokens.Mask ?? throw new StageException("the tokenizer has no mask token, so masked language modelling cannot be done with it; use the tokenizer of a BERT, RoBERTa or DistilBERT model"),
        SpecialTokenIds = tokens.SpecialTokens.All,
        Probability = MaskProbability,
        MaskShare = MaskShare,
        RandomShare = RandomShare,
    };

    /// <summary>How the model is trained.</summary>
    internal virtual TrainingOptions Options() => new()
    {
        Epochs = Epochs,
        LearningRate = LearningRate,
        BatchSize = BatchSize,
        BatchTokens = BatchTokens,
        MicroBatchSize = MicroBatchSize,
        WeightDecay = WeightDecay,
        WarmupRatio = WarmupRatio,
        WarmupSteps = WarmupSteps,
        Schedule = Schedule,
        SchedulePower = SchedulePower,
        GradientClip = GradientClip,
        LabelSmoothing = LabelSmoothing,
        Beta1 = Beta1,
        Beta2 = Beta2,
        Epsilon = Epsilon,
        GradientCheckpointing = GradientCheckpointing,
        Precision = Precision,
        Deterministic = Deterministic,
        Seed = Seed,
        BestMetric = Selection,
        EarlyStoppingPatience = EarlyStoppingPatience,
        CheckpointEverySteps = CheckpointEverySteps,
        CheckpointEverySeconds = CheckpointEverySeconds,
        KeepCheckpoints = KeepCheckpoints,
        Threads = Threads,
    };

    // Each fingerprint has a work folder of its own, all of them side by side.
    private static IEnumerable<string> OtherWorkFolders(StageContext context) =>
        Directory.EnumerateDirectories(Path.GetDirectoryName(context.WorkFolder)!).Where(folder => folder != context.WorkFolder).Order(StringComparer.Ordinal).Select(folder => Path.Combine(folder, Checkpoints));

    /// <summary>With the special tokens of the vocabulary that it learns from.</summary>
    private static ModelConfig Sized(ModelConfig preset, SpecialTokenIds special) => preset is DecoderConfig decoder
        ? decoder with { PadTokenId = special.Padding, StartTokenId = special.Begin, EndTokenIds = special.End is { } end ? [end] : [] }
        : preset with { PadTokenId = special.Padding ?? 0 };

    private LanguageModel Start(StageContext context, TokenizedInfo tokens, ModelTask task)
    {
        var device = TorchDevice.Parse(Device);
        var structure = Structure(tokens);
        var labels = task is ModelTask.SequenceClassification or ModelTask.TokenClassification ? tokens.Labels : [];
        if (ModelPresets.IsPreset(BaseModel))
        {
            var preset = Sized(ModelPresets.Get(BaseModel, tokens.VocabularySize, HiddenSize, Layers, Heads, IntermediateSize), tokens.SpecialTokens);
            return LanguageModel.Create((structure with { Layers = null }).Apply(preset, task), task, labels, Seed, device);
        }

        var files = context.InputFiles(nameof(BaseModel));
        var folder = BaseFolder(context);
        if (files.Any(f => Tokenizer.FileNames.Contains(f.RelativePath)) && Tokenizer.Load(folder).VocabularySha256 != tokens.VocabularySha256)
            throw new StageException($"parameter BaseModel: the vocabulary in {folder} is not the one that the texts were tokenized with; set the same BaseModel in the Tokenize stage");
        return LanguageModel.FromPretrained(folder, task, labels, structure, device, context.Note);
    }

    private string BaseFolder(StageContext context) => context.InputFiles(nameof(BaseModel)).FirstOrDefault(f => f.RelativePath == "config.json") is { } config
        ? Path.GetDirectoryName(config.FullPath)!
        : throw new StageException($"parameter BaseModel: {BaseModel} holds no config.json; {BaseModels.Advice}");
}
