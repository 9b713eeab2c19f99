using System.ComponentModel.DataAnnotations;
using System.Globalization;
using FineTuneWorkflows.Foundation.Parameters;
using FineTuneWorkflows.Learning.Runtime;

namespace FineTuneWorkflows.Learning.Training;

/// <summary>How a model is trained. Dropout belongs to the model's structure.</summary>
public sealed record TrainingOptions
{
    /// <summary>Passes over the training data; default 3.</summary>
    [Parameter("Passes over the training data.", Category = "Training"), Range(1, 10_000)]
    public int Epochs { get; init; } = 3;

    /// <summary>The peak learning rate; default 2e-5.</summary>
    [Parameter("The peak learning rate.", Category = "Training"), Range(1e-12, 1.0)]
    public double LearningRate { get; init; } = 2e-5;

    /// <summary>Sequences per step; default 32.</summary>
    [Parameter("Texts per step.", Category = "Training"), Range(1, 65_536)]
    public int BatchSize { get; init; } = 32;

    /// <summary>
    /// The most tokens of a step, padding included: a batch is cut where its number of sequences times its longest one would go beyond.
    /// <see cref="BatchSize"/> bounds it too. 0 (the default) does not bound it.
    /// </summary>
    [Parameter("The most tokens of a step, padding included; cuts batches by length below BatchSize texts. 0 does not bound it.", Category = "Training"), Range(0, 1_000_000_000)]
    public int BatchTokens { get; init; }

    /// <summary>Decoupled weight decay, on matrices and tables only; default 0.01.</summary>
    [Parameter("Decoupled weight decay; none on biases and norms.", Category = "Training"), Range(0.0, 1.0)]
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Share of all steps in which the learning rate rises; default 0.1.</summary>
    [Parameter("The share of all steps in which the learning rate rises to its peak.", Category = "Training"), Range(0.0, 1.0)]
    public double WarmupRatio { get; init; } = 0.1;

    /// <summary>Steps in which the learning rate rises, instead of <see cref="WarmupRatio"/>; null (the default) takes the ratio.</summary>
    [Parameter("The number of steps in which the learning rate rises, instead of WarmupRatio; empty takes the ratio.", Category = "Training"), Range(0, int.MaxValue)]
    public int? WarmupSteps { get; init; }

    /// <summary>The learning-rate schedule after the warm-up; default linear.</summary>
    [Parameter("The learning-rate schedule after the warm-up.", Category = "Training")]
    public ScheduleKind Schedule { get; init; } = ScheduleKind.Linear;

    /// <summary>The power of <see cref="ScheduleKind.Polynomial"/>, which alone has one; default 1.</summary>
    [Parameter("The power of the polynomial schedule; 1 is a straight line.", Category = "Training", AppliesWith = "Schedule=Polynomial"), Range(0.0, 100.0)]
    public double SchedulePower { get; init; } = 1.0;

    /// <summary>The longest norm of all gradients together; longer ones are scaled down. 0 does not clip. Default 1.</summary>
    [Parameter("The largest global norm of the gradients; larger ones are scaled down to it. 0 is off.", Category = "Training"), Range(0.0, 1e9)]
    public double GradientClip { get; init; } = 1.0;

    /// <summary>Share of probability spread over all classes in the training targets (Szegedy et al. 2015, arXiv:1512.00567); default 0.</summary>
    [Parameter("The share of probability that is spread over all classes in the targets.", Category = "Training"), Range(0.0, 0.9)]
    public double LabelSmoothing { get; init; }

    /// <summary>How much the examples of a class count; default: each example the same. For one class a sequence alone.</summary>
    [Parameter("The weight of each class in the loss: None (all examples count the same) or Balanced (all classes do).", Category = "Training")]
    public ClassWeighting ClassWeights { get; init; }

    /// <summary>The share of the rate that each layer has of the one above it: the head has all of it, the last layer this share, the one below the share's
    /// square, and so on to the embeddings (Howard and Ruder 2018, arXiv:1801.06146). Default 1: all the same.</summary>
    [Parameter("The learning rate of each layer as a share of the next higher one's; 1 is the same for all.", Category = "Training"), Range(0.01, 1.0)]
    public double LayerDecay { get; init; } = 1.0;

    /// <summary>The head's own peak learning rate, with the same course; null (the default) takes <see cref="LearningRate"/>.</summary>
    [Parameter("The peak learning rate of the head; empty takes LearningRate.", Category = "Training"), Range(1e-12, 1.0)]
    public double? HeadLearningRate { get; init; }

    /// <summary>Decay of the first moment; default 0.9.</summary>
    [Parameter("The decay of AdamW's first moment, the mean of gradients.", Category = "Training"), Range(0.0, 0.999999)]
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the second moment; default 0.999.</summary>
    [Parameter("The decay of AdamW's second moment, the mean of squared gradients.", Category = "Training"), Range(0.0, 0.9999999)]
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the second moment; default 1e-8.</summary>
    [Parameter("What is added to the root of AdamW's second moment before the first is divided by it.", Category = "Training"), Range(1e-16, 1.0)]
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>The seed that shuffles and dropout derive from; default 42.</summary>
    [Parameter("The seed of weight initialization, shuffling and dropout.", Category = "Training")]
    public long Seed { get; init; } = 42;

    /// <summary>The metric by which the best checkpoint is chosen, one of <see cref="BestMetrics.All"/> that the task has; needs validation data, but for the default, <c>validation/loss</c>.</summary>
    [Parameter("The metric by which the best epoch is chosen. Every task has loss and accuracy; one class a text f1_macro, f1_weighted, mcc and ece too; lists of classes f1_macro and f1_micro; entities f1, precision, recall and f1_macro; words perplexity. All but the loss need validation data.", Category = "Selection")]
    [AllowedValues(
        BestMetrics.Loss, BestMetrics.Accuracy, BestMetrics.MacroF1, BestMetrics.WeightedF1, BestMetrics.MicroF1, BestMetrics.MatthewsCorrelation, BestMetrics.CalibrationError, BestMetrics.EntityF1,
        BestMetrics.EntityPrecision, BestMetrics.EntityRecall, BestMetrics.Perplexity)]
    public string BestMetric { get; init; } = BestMetrics.Loss;

    /// <summary>Stop when the metric has not improved in this many epochs; 0 (the default) never does.</summary>
    [Parameter("Stop when the metric has not improved for this many epochs; 0 never stops early.", Category = "Selection"), Range(0, 10_000)]
    public int EarlyStoppingPatience { get; init; }

    /// <summary>
    /// The most sequences that are computed at once; a larger batch is computed in pieces whose gradients are added, each piece weighing by what its
    /// loss is a mean of, so that the update is the whole batch's. 0 (the default) computes whole batches. When memory runs out it is halved by itself.
    /// </summary>
    [Parameter("Texts computed at once (gradient accumulation); the update stays the whole batch's. 0 computes whole batches. Halved automatically when memory runs out.", Category = "Execution", AffectsResult = false), Range(0, 65_536)]
    public int MicroBatchSize { get; init; }

    /// <summary>Write a checkpoint after this many steps, besides the one after each epoch; 0 (the default) does not.</summary>
    [Parameter("Write a checkpoint each time this many steps are done, besides the one after each epoch; 0 is off.", Category = "Execution", AffectsResult = false), Range(0, 1_000_000_000)]
    public int CheckpointEverySteps { get; init; }

    /// <summary>Write a checkpoint when the last one is this many seconds old, besides the one after each epoch; 0 does not. Default 300.</summary>
    [Parameter("Write a checkpoint when the last one is this many seconds old; 0 is off.", Category = "Execution", AffectsResult = false), Range(0, 1_000_000)]
    public int CheckpointEverySeconds { get; init; } = 300;

    /// <summary>The number of newest checkpoints to keep, besides the best one; default 2.</summary>
    [Parameter("How many of the newest checkpoints are kept, besides the best.", Category = "Execution", AffectsResult = false), Range(1, 1000)]
    public int KeepCheckpoints { get; init; } = 2;

    /// <summary>Threads to compute with; 0 (the default) takes as many as the machine has CPU cores. The bits of the result depend on it.</summary>
    [Parameter("Threads to compute with on the CPU; 0 takes as many as there are CPU cores.", Category = "Execution", AffectsResult = false), Range(0, 4096)]
    public int Threads { get; init; }

    /// <summary>Keep only the layers' inputs of a forward pass and compute each layer again when its gradients are due (Chen et al. 2016, arXiv:1604.06174):
    /// less memory, a third more computing. Default false.</summary>
    [Parameter("Compute each layer again in the backward pass instead of keeping its activations: less memory, a third more computation.", Category = "Execution")]
    public bool GradientCheckpointing { get; init; }

    /// <summary>How exactly layers compute; default 32-bit numbers throughout.</summary>
    [Parameter("The precision of layers: Float32; TensorFloat32 (a GPU rounds the factors of products); BFloat16 (16 bits, with weights, norms, losses and updates in 32). Refused on hardware without support.", Category = "Execution")]
    public Precision Precision { get; init; }

    /// <summary>Have a GPU take algorithms alone that give the same bits each time, so that a training that is resumed there ends as one that was not interrupted; slower. Default
    /// false. The CPU's always do.</summary>
    [Parameter("Use only deterministic algorithms on a GPU, so that a resumed training ends with the bits of an uninterrupted one; slower. Those of the CPU always are.", Category = "Execution", AffectsResult = false)]
    public bool Deterministic { get; init; }

    /// <summary>What several options together contradict, a sentence each, beginning with the options' names.</summary>
    public IEnumerable<string> Contradictions()
    {
        if (MicroBatchSize > BatchSize)
            yield return FormattableString.Invariant($"MicroBatchSize and BatchSize: {MicroBatchSize} texts cannot be computed at once of a step of {BatchSize}");
        if (SchedulePower != 1 && Schedule != ScheduleKind.Polynomial)
            yield return FormattableString.Invariant($"SchedulePower and Schedule: SchedulePower is {SchedulePower}, but Schedule is {Schedule}, which has no power; set Schedule to {ScheduleKind.Polynomial}, or leave SchedulePower out");
    }

    /// <summary>Refuses values out of range and contradictions.</summary>
    /// <exception cref="TrainingException">The message names the option and its value.</exception>
    public void Check(bool hasValidation)
    {
        var problems = new List<ValidationResult>();
        if (!Validator.TryValidateObject(this, new ValidationContext(this), problems, validateAllProperties: true))
            throw new TrainingException(string.Join(" ", problems.Select(problem => problem.MemberNames.First() is nameof(BestMetric)
                ? $"BestMetric is '{BestMetric}'; use {string.Join(", ", BestMetrics.All)}."
                : $"{problem.ErrorMessage} It is {Value(problem.MemberNames.First())}.")));
        if (!Enum.IsDefined(Schedule))
            throw new TrainingException($"Schedule is {Schedule}; use {string.Join(", ", Enum.GetNames<ScheduleKind>())}.");
        if (Contradictions().FirstOrDefault() is { } contradiction)
            throw new TrainingException(contradiction + ".");
        if (BestMetric != BestMetrics.Loss && !hasValidation)
            throw new TrainingException($"BestMetric is '{BestMetric}', but there is no validation data to measure it on. Give some, or leave it out: without validation data the last epoch's weights "
                + "are kept.");
        if (EarlyStoppingPatience > 0 && !hasValidation)
            throw new TrainingException($"EarlyStoppingPatience is {EarlyStoppingPatience}, but there is no validation data to watch. Give some, or "
                + "set it to 0.");
    }

    private object? Value(string property) =>
        Convert.ToString(typeof(TrainingOptions).GetProperty(property)!.GetValue(this), CultureInfo.InvariantCulture);
}
