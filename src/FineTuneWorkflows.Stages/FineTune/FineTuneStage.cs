using System.ComponentModel.DataAnnotations;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Training;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Stages.Validation;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.TokenFiles;

namespace FineTuneWorkflows.Stages.FineTune;

/// <summary>Fine-tunes a BERT encoder as a text classifier.</summary>
[Stage("FineTune.FineTune", Description = "Fine-tunes a BERT encoder as a text classifier, validates after each epoch and keeps the best. Interrupted, it goes on from its last checkpoint.")]
[Consumes("tokens")]
[Produces("model")]
public sealed record FineTuneStage : Stage
{
    /// <summary>The model to start from. Default: <c>tiny</c>, from scratch.</summary>
    [Parameter("The model to start from: a folder in Hugging Face's layout (config.json, model.safetensors), or a preset that starts from scratch: tiny, mini, small, medium, base, large.", Category = "Model"), Required]
    public string BaseModel { get; init; } = "tiny";

    /// <summary>Keep only the first layers. Default: all.</summary>
    [Parameter("Keep only so many of the base model's first layers; empty keeps all.", Category = "Model"), Range(1, 1000)]
    public int? Layers { get; init; }

    /// <summary>Dropout of hidden states and attention. Default: the base model's.</summary>
    [Parameter("Dropout of hidden states and attention; empty keeps the base model's.", Category = "Model"), Range(0.0, 0.9)]
    public double? Dropout { get; init; }

    /// <summary>Dropout before the classifier. Default: the base model's.</summary>
    [Parameter("Dropout before the classifier; empty keeps the base model's.", Category = "Model"), Range(0.0, 0.9)]
    public double? ClassifierDropout { get; init; }

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
    [Parameter("The power of the polynomial schedule; 1 is a straight line.", Category = "Training"), Range(0.0, 100.0)]
    public double SchedulePower { get; init; } = 1;

    /// <summary>The longest gradient norm. Default: 1.</summary>
    [Parameter("Gradients whose norm is longer are scaled down to it; 0 does not clip.", Category = "Training"), Range(0.0, 1e9)]
    public double GradientClip { get; init; } = 1.0;

    /// <summary>Label smoothing. Default: 0.</summary>
    [Parameter("The share of probability that is spread over all classes in the targets.", Category = "Training"), Range(0.0, 0.9)]
    public double LabelSmoothing { get; init; }

    /// <summary>The seed. Default: 42.</summary>
    [Parameter("The seed of fresh weights, shuffling and dropout.", Category = "Training")]
    public long Seed { get; init; } = 42;

    /// <summary>The metric by which the best epoch is chosen. Default: validation loss.</summary>
    [Parameter("The metric by which the best epoch is chosen.", Category = "Selection"), Choices(BestMetrics.Loss, BestMetrics.Accuracy, BestMetrics.MacroF1)]
    public string BestMetric { get; init; } = BestMetrics.Loss;

    /// <summary>Epochs without improvement before training stops. Default: never.</summary>
    [Parameter("Stop when the metric has not improved in so many epochs; 0 never does.", Category = "Selection"), Range(0, 10_000)]
    public int EarlyStoppingPatience { get; init; }

    /// <summary>Steps between checkpoints. Default: none besides those by time and epoch.</summary>
    [Parameter("Write a checkpoint after so many steps, besides the one after each epoch; 0 does not.", Category = "Execution", AffectsResult = false), Range(0, 1_000_000_000)]
    public int CheckpointEverySteps { get; init; }

    /// <summary>Seconds between checkpoints. Default: 60.</summary>
    [Parameter("Write a checkpoint when the last one is so many seconds old; 0 does not.", Category = "Execution", AffectsResult = false), Range(0, 1_000_000)]
    public int CheckpointEverySeconds { get; init; } = 60;

    /// <summary>How many checkpoints are kept. Default: 2.</summary>
    [Parameter("How many of the newest checkpoints are kept, besides the best.", Category = "Execution", AffectsResult = false), Range(1, 1000)]
    public int KeepCheckpoints { get; init; } = 2;

    /// <summary>The device. Default: auto.</summary>
    [Parameter("Where to compute: auto, cpu, cuda or cuda:n.", Category = "Execution", AffectsResult = false), DeviceName]
    public string Device { get; init; } = "auto";

    /// <summary>Threads. Default: as many as there are processors.</summary>
    [Parameter("Threads to compute with on the CPU; 0 takes as many as there are processors.", Category = "Execution", AffectsResult = false), Range(0, 4096)]
    public int Threads { get; init; }

    /// <inheritdoc />
    public override StageResource Resource => TorchDevice.Parse(Device).IsCuda ? StageResource.Gpu : StageResource.Cpu;

    /// <inheritdoc />
    public override IEnumerable<InputPath> InputPaths()
    {
        if (!BertPresets.IsPreset(BaseModel))
            yield return new(nameof(BaseModel), BaseModel, Advice: BaseModels.Advice);
    }

    /// <inheritdoc />
    public override Task RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        TorchRuntime.EnsureLoaded(context.Trace);
        var device = TorchDevice.Parse(Device);
        var tokens = TokenizedDataset.Open(context.Input("tokens").Path);
        using var training = tokens.Split(SplitName.Train);
        using var validation = tokens.Split(SplitName.Validation);
        using var model = Start(context, tokens.Info, device);
        var result = Trainer.Run(
            model, new TokenSplitDataset(training), new TokenSplitDataset(validation), Options(), Path.Combine(context.WorkFolder, "checkpoints"), new TrainingReporter(context), cancellationToken);

        var folder = context.Output("model");
        model.Save(folder);
        tokens.LoadTokenizer().Save(folder);
        foreach (var (key, value) in result.Metrics)
            context.LogMetric($"best_{key}", value, result.BestStep);
        context.SetTag("training/best_epoch", FormattableString.Invariant($"{result.BestEpoch}"));
        if (result.StoppedEarly)
            context.Note($"stopped early: {BestMetric} did not improve in {EarlyStoppingPatience} epochs after epoch {result.BestEpoch}");
        return Task.CompletedTask;
    }

    private LanguageModel Start(StageContext context, TokenizedInfo tokens, TorchDevice device)
    {
        if (BertPresets.IsPreset(BaseModel))
        {
            var structure = new StructureOptions { Layers = Layers, Dropout = Dropout, ClassifierDropout = ClassifierDropout, Seed = Seed };
            return LanguageModel.Create(structure.Apply(BertPresets.Get(BaseModel, tokens.VocabularySize)), ModelTask.SequenceClassification, tokens.Labels, Seed, device);
        }

        var files = context.InputFiles(nameof(BaseModel));
        if (files.FirstOrDefault(f => f.RelativePath == "config.json") is not { } config)
            throw new StageException($"parameter BaseModel: {Path.GetFullPath(BaseModel)} holds no config.json; {BaseModels.Advice}");
        if (files.FirstOrDefault(f => f.RelativePath == "vocab.txt") is { } vocabulary && vocabulary.Sha256 != tokens.VocabularySha256)
            throw new StageException($"parameter BaseModel: its {vocabulary.FullPath} is not the vocabulary that the texts were tokenized with; set the same BaseModel in the Tokenize stage");
        return LanguageModel.FromPretrained(
            Path.GetDirectoryName(config.FullPath)!, ModelTask.SequenceClassification, tokens.Labels,
            new StructureOptions { Layers = Layers, Dropout = Dropout, ClassifierDropout = ClassifierDropout, Seed = Seed }, device, context.Note);
    }

    private TrainingOptions Options() => new()
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
        Seed = Seed,
        BestMetric = BestMetric,
        EarlyStoppingPatience = EarlyStoppingPatience,
        CheckpointEverySteps = CheckpointEverySteps,
        CheckpointEverySeconds = CheckpointEverySeconds,
        KeepCheckpoints = KeepCheckpoints,
        Threads = Threads,
    };
}
