using System.ComponentModel.DataAnnotations;
using System.Globalization;
using FineTuneWorkflows.Learning.Runtime;

namespace FineTuneWorkflows.Learning.Training;

/// <summary>How a model is trained. Dropout belongs to the model's structure.</summary>
public sealed record TrainingOptions
{
    /// <summary>Passes over the training data; default 3.</summary>
    [Range(1, 100_000)]
    public int Epochs { get; init; } = 3;

    /// <summary>The peak learning rate; default 2e-5.</summary>
    [Range(0.0, 1.0)]
    public double LearningRate { get; init; } = 2e-5;

    /// <summary>Sequences per step; default 32.</summary>
    [Range(1, 65_536)]
    public int BatchSize { get; init; } = 32;

    /// <summary>
    /// The most token places of a step, padding included: a batch is cut where its number of sequences times its longest one would go beyond.
    /// <see cref="BatchSize"/> bounds it too. 0 (the default) does not bound it.
    /// </summary>
    [Range(0, 1_000_000_000)]
    public int BatchTokens { get; init; }

    /// <summary>
    /// The most sequences that are computed at once; a larger batch is computed in pieces whose gradients are added, each piece weighing by what its
    /// loss is a mean of, so that the update is the whole batch's. 0 (the default) computes whole batches. When memory runs out it is halved by itself.
    /// </summary>
    [Range(0, 65_536)]
    public int MicroBatchSize { get; init; }

    /// <summary>Decoupled weight decay, on matrices and tables only; default 0.01.</summary>
    [Range(0.0, 1.0)]
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Share of all steps in which the rate rises; default 0.1.</summary>
    [Range(0.0, 1.0)]
    public double WarmupRatio { get; init; } = 0.1;

    /// <summary>Steps in which the rate rises, instead of <see cref="WarmupRatio"/>; null (the default) takes the ratio.</summary>
    [Range(0L, long.MaxValue)]
    public long? WarmupSteps { get; init; }

    /// <summary>The learning rate's course after the warm-up; default linear.</summary>
    public ScheduleKind Schedule { get; init; } = ScheduleKind.Linear;

    /// <summary>The power of <see cref="ScheduleKind.Polynomial"/>, which alone has one; default 1.</summary>
    [Range(0.0, 100.0)]
    public double SchedulePower { get; init; } = 1.0;

    /// <summary>The longest norm of all gradients together; longer ones are scaled down. 0 does not clip. Default 1.</summary>
    [Range(0.0, 1e9)]
    public double GradientClip { get; init; } = 1.0;

    /// <summary>Share of probability spread over all classes in the training targets (Szegedy et al. 2015, arXiv:1512.00567); default 0.</summary>
    [Range(0.0, 0.999)]
    public double LabelSmoothing { get; init; }

    /// <summary>How much the examples of a class count; default: each example the same. For one class a sequence alone.</summary>
    public ClassWeighting ClassWeights { get; init; }

    /// <summary>The share of the rate that each layer has of the one above it: the head has all of it, the last layer this share, the one below the share's
    /// square, and so on to the embeddings (Howard and Ruder 2018, arXiv:1801.06146). Default 1: all the same.</summary>
    [Range(0.01, 1.0)]
    public double LayerDecay { get; init; } = 1.0;

    /// <summary>The head's own peak learning rate, with the same course; null (the default) takes <see cref="LearningRate"/>.</summary>
    [Range(1e-12, 1.0)]
    public double? HeadLearningRate { get; init; }

    /// <summary>Keep only the layers' inputs of a forward pass and compute each layer again when its gradients are due (Chen et al. 2016, arXiv:1604.06174):
    /// less memory, a third more computing. Default false.</summary>
    public bool GradientCheckpointing { get; init; }

    /// <summary>How exactly layers compute; default 32-bit numbers throughout.</summary>
    public Precision Precision { get; init; }

    /// <summary>Have a GPU take algorithms alone that give the same bits each time, so that a training that is resumed there ends as one that was not interrupted; slower. Default
    /// false. The processor's are so always.</summary>
    public bool Deterministic { get; init; }

    /// <summary>Decay of the first moment; default 0.9.</summary>
    [Range(0.0, 0.999999)]
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the second moment; default 0.999.</summary>
    [Range(0.0, 0.9999999)]
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the second moment; default 1e-8.</summary>
    [Range(1e-16, 1.0)]
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>The seed that shuffles and dropout derive from; default 42.</summary>
    public long Seed { get; init; } = 42;

    /// <summary>Stop when the metric has not improved in this many epochs; 0 (the default) never does.</summary>
    [Range(0, 100_000)]
    public int EarlyStoppingPatience { get; init; }

    /// <summary>The metric by which the best checkpoint is chosen, one of <see cref="BestMetrics.All"/> that the task has; needs validation data, but for the default, <c>validation/loss</c>.</summary>
    public string BestMetric { get; init; } = BestMetrics.Loss;

    /// <summary>Write a checkpoint after so many steps, besides the one after each epoch; 0 (the default) does not.</summary>
    [Range(0, 1_000_000_000)]
    public int CheckpointEverySteps { get; init; }

    /// <summary>Write a checkpoint when the last one is so many seconds old, besides the one after each epoch; 0 does not. Default 300.</summary>
    [Range(0, 1_000_000)]
    public int CheckpointEverySeconds { get; init; } = 300;

    /// <summary>The number of newest checkpoints to keep, besides the best one; default 2.</summary>
    [Range(1, 1000)]
    public int KeepCheckpoints { get; init; } = 2;

    /// <summary>Threads to compute with; 0 (the default) takes as many as the machine has processors. The bits of the result depend on it.</summary>
    [Range(0, 4096)]
    public int Threads { get; init; }

    /// <summary>Refuses values out of range and contradictions.</summary>
    /// <exception cref="TrainingException">The message names the option and its value.</exception>
    public void Check(bool hasValidation)
    {
        var problems = new List<ValidationResult>();
        if (!Validator.TryValidateObject(this, new ValidationContext(this), problems, validateAllProperties: true))
            throw new TrainingException(string.Join(" ", problems.Select(problem =>
                $"{problem.ErrorMessage} It is {Value(problem.MemberNames.First())}.")));
        if (!double.IsFinite(LearningRate) || LearningRate <= 0)
            throw new TrainingException(string.Create(CultureInfo.InvariantCulture,
                $"LearningRate is {LearningRate}; it must be above 0, such as 2e-5."));
        if (MicroBatchSize > BatchSize)
            throw new TrainingException($"MicroBatchSize is {MicroBatchSize} and BatchSize is {BatchSize}; a piece of a batch cannot be larger than the "
                + "batch.");
        if (!Enum.IsDefined(Schedule))
            throw new TrainingException($"Schedule is {Schedule}; use {string.Join(", ", Enum.GetNames<ScheduleKind>())}.");
        if (!BestMetrics.All.Contains(BestMetric))
            throw new TrainingException($"BestMetric is '{BestMetric}'; use {string.Join(", ", BestMetrics.All)}.");
        if (BestMetric != BestMetrics.Loss && !hasValidation)
            throw new TrainingException($"BestMetric is '{BestMetric}', but there is no validation data to measure it on. Give some, or leave it out: without validation data the last epoch's weights "
                + "are kept.");
        if (SchedulePower != 1 && Schedule != ScheduleKind.Polynomial)
            throw new TrainingException(string.Create(CultureInfo.InvariantCulture,
                $"SchedulePower is {SchedulePower}, but Schedule is {Schedule}, which has none; set Schedule to {ScheduleKind.Polynomial}, or leave SchedulePower out."));
        if (EarlyStoppingPatience > 0 && !hasValidation)
            throw new TrainingException($"EarlyStoppingPatience is {EarlyStoppingPatience}, but there is no validation data to watch. Give some, or "
                + "set it to 0.");
    }

    private object? Value(string property) =>
        Convert.ToString(typeof(TrainingOptions).GetProperty(property)!.GetValue(this), CultureInfo.InvariantCulture);
}
