using System.ComponentModel.DataAnnotations;
using FineTuneWorkflows.Foundation.Parameters;
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
    [Parameter("The model to start from: a folder in Hugging Face's layout (config.json, model.safetensors), hf://owner/name[@revision] of the Hugging Face Hub, or a preset that starts from scratch: tiny, mini, small, medium, base, large, or one of them with gpt2- or llama- before it for decoders, which generate text.", Category = "Model"), Required]
    public string BaseModel { get; init; } = "tiny";

    /// <summary>Keep only the first layers. Default: all.</summary>
    [Parameter("The number of first layers of the base to keep, or of layers from scratch; empty keeps all, or takes the preset's.", Category = "Model"), Range(1, 1000)]
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

    /// <summary>How the model is trained.</summary>
    public abstract TrainingOptions Training { get; init; }

    /// <summary>The share of tokens that masked language modeling predicts. Default: 0.15.</summary>
    [Parameter("The share of tokens that masked language modeling predicts.", Category = "Training", AppliesWith = "Task=MaskedLanguageModeling"), Range(0.01, 0.9)]
    public double MaskProbability { get; init; } = 0.15;

    /// <summary>The share of predicted tokens that are masked. Default: 0.8.</summary>
    [Parameter("The share of predicted tokens that the mask replaces, in masked language modeling.", Category = "Training", AppliesWith = "Task=MaskedLanguageModeling"), Range(0.0, 1.0)]
    public double MaskShare { get; init; } = 0.8;

    /// <summary>The share of predicted tokens that a random one replaces. Default: 0.1.</summary>
    [Parameter("The share of predicted tokens that a random token replaces, in masked language modeling; those beyond MaskShare and this stay as they are.", Category = "Training", AppliesWith = "Task=MaskedLanguageModeling"), Range(0.0, 1.0)]
    public double RandomShare { get; init; } = 0.1;

    /// <summary>The device. Default: auto.</summary>
    [Parameter("Where to compute: auto, cpu, cuda or cuda:n.", Category = "Execution", AffectsResult = false), DeviceName]
    public string Device { get; init; } = "auto";

    /// <inheritdoc />
    public override StageResource Resource => TorchDevice.Parse(Device).IsCuda ? StageResource.Gpu : StageResource.Cpu;

    /// <inheritdoc />
    public override bool IsLong => true;

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
        var result = Trainer.Run(model, examples, heldOut, Training, Path.Combine(context.WorkFolder, Checkpoints), new TrainingReporter(context), cancellationToken, masking, OtherWorkFolders(context));

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
            ClosingReport.Write(context, folder, model, examples, heldOut, result, Training, masking, cancellationToken);
        context.SetTag("training/task", $"{task}");
        context.SetTag("training/best_epoch", FormattableString.Invariant($"{result.BestEpoch}"));
        if (result.StoppedEarly)
            context.Note($"stopped early: {Training.BestMetric} did not improve in {Training.EarlyStoppingPatience} epochs after epoch {result.BestEpoch}");
        return Task.CompletedTask;
    }

    /// <summary>What memory the training takes at most, from the parameters alone.</summary>
    /// <param name="tokens">What will be tokenized, as far as it is known.</param>
    /// <param name="baseFolder">The base model's folder; null for a preset.</param>
    /// <param name="checkpointing">Whether gradients are checkpointed.</param>
    /// <exception cref="StageException">The data does not serve what was asked for.</exception>
    internal MemoryEstimate Estimate(TokenizedInfo tokens, string? baseFolder, bool checkpointing)
    {
        var (task, structure, options) = (TaskFor(tokens), Structure(tokens), Training with { GradientCheckpointing = checkpointing });
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
    private protected virtual StructureOptions Structure(TokenizedInfo tokens) => new() { Layers = Layers, Dropout = Dropout, PadTokenId = tokens.SpecialTokens.Padding, Seed = Training.Seed };

    /// <summary>Writes the trained model; afterwards it has no adapters.</summary>
    /// <param name="context">The stage's context.</param>
    /// <param name="model">The model.</param>
    /// <param name="folder">The model's folder.</param>
    private protected virtual void Save(StageContext context, LanguageModel model, string folder) => model.Save(folder);

    /// <summary>How tokens are masked.</summary>
    private MaskingOptions Masking(TokenizedInfo tokens) => new()
    {
        MaskTokenId = tokens.SpecialTokens.Mask ?? throw new StageException("the tokenizer has no mask token, so masked language modeling cannot be done with it; use the tokenizer of a BERT, RoBERTa or DistilBERT model"),
        SpecialTokenIds = tokens.SpecialTokens.All,
        Probability = MaskProbability,
        MaskShare = MaskShare,
        RandomShare = RandomShare,
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
            return LanguageModel.Create((structure with { Layers = null }).Apply(preset, task), task, labels, Training.Seed, device);
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
