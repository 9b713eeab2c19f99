using System.Globalization;
using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Adapters;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Runtime;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Training.Tasks;

/// <summary>What the tasks have in common: a model, its data, and the checks of it.</summary>
internal abstract class SequenceTask(LanguageModel model, ISequenceDataset training, ISequenceDataset? validation, TrainingOptions options) : ITrainingTask
{
    private string? _trainingDigest, _validationDigest;
    private int _validationSize = options.BatchSize;

    public IReadOnlyList<ModelParameter> Parameters { get; } = model.TrainableParameters;

    public IReadOnlyList<double> RateShares => Tasks.RateShares.Of(model, Parameters, options);

    public TorchDevice Device => model.Device;

    public ISequenceDataset Training => training;

    public bool HasValidation => validation is not null;

    /// <summary>The names of what <see cref="Validate(CancellationToken, Action{string}?)"/> gives.</summary>
    public abstract IReadOnlyList<string> Metrics { get; }

    protected LanguageModel Model => model;

    protected StepOperations Operations { get; } = new(model);

    protected TrainingOptions Options => options;

    protected ISequenceDataset Validation => validation ?? throw new InvalidOperationException("There is no validation data.");

    protected abstract LabelKind Labels { get; }

    /// <summary>What decides the result besides model, data and training options.</summary>
    protected virtual string Settings => "none";

    public IReadOnlyDictionary<string, string> Describe()
    {
        if (_trainingDigest is null)
            CheckData();
        LoraOptions? lora = model.Lora;
        return new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["the task"] = $"{model.Task}",
            ["the training data"] = _trainingDigest!,
            ["the validation data"] = _validationDigest ?? "none",
            ["masking"] = Settings,
            ["the model's settings"] = TrainingIdentity.Digest(ConfigFile.ToJson(model.Config)),
            ["the trained weights"] = TrainingIdentity.Digest(string.Join(';', Parameters.Select(p => $"{p.Name}:{string.Join(',', p.Value.shape)}"))),
            ["the weights at the start"] = WeightDigest.Of(model.Parameters, torch.get_num_threads()),
            ["LoRA"] = lora is null ? "none"
                : string.Create(CultureInfo.InvariantCulture, $"rank {lora.Rank}, alpha {lora.Alpha:R}, dropout {lora.Dropout:R}, {string.Join(' ', lora.TargetModules)}"),
        };
    }

    public virtual void CheckData()
    {
        if (Parameters.Count == 0)
            throw new TrainingException("All weights are frozen, so there is nothing to train. Set a smaller FreezeLayers, or leave FreezeEmbeddings off.");
        if (options.ClassWeights != ClassWeighting.None && this is not ClassificationTask)
            throw new TrainingException($"ClassWeights is {options.ClassWeights}, but {model.Task} {(model.IsMultiLabel ? "for multi-label classification " : "")}does not have one class a sequence. "
                + $"Set it to {ClassWeighting.None}.");
        if (validation is not null && !Metrics.Contains(options.BestMetric))
            throw new TrainingException($"BestMetric is '{options.BestMetric}', which {model.Task} does not have; use {string.Join(", ", Metrics)}.");
        _trainingDigest = SequenceChecks.Check(training, "training", model.Config, Labels, model.Labels.Count);
        if (validation is not null)
            _validationDigest = SequenceChecks.Check(validation, "validation", model.Config, Labels, model.Labels.Count);
    }

    public abstract BatchLoss Loss(ReadOnlySpan<int> indices, int epoch);

    public IReadOnlyDictionary<string, double> Validate(CancellationToken cancellation, Action<string>? note = null)
    {
        // Where memory ran out in one epoch, the next begins with batches that fit.
        var batches = new EvaluationBatches(_validationSize, note);
        try
        {
            return Validate(batches, cancellation);
        }
        finally
        {
            _validationSize = batches.Size;
        }
    }

    /// <summary>Metrics of the validation data by name.</summary>
    protected abstract IReadOnlyDictionary<string, double> Validate(EvaluationBatches batches, CancellationToken cancellation);

    /// <summary>Cross-entropy of some tokens' predictions, summed. Without any it is a zero that can be differentiated.</summary>
    protected BatchLoss LossOf(SequenceBatch batch, TokenTargets targets)
    {
        if (targets.Count == 0)
            return new BatchLoss(Parameters[0].Value.sum().Times(0), 0, batch.TokenCount, batch.Places);
        Recomputation? recomputation = NewRecomputation();
        // The loss keeps what it needs of them.
        using torch.Tensor logits = model.Logits(batch, training: true, targets.Places(batch), recomputation);
        torch.Tensor loss = torch.nn.functional.cross_entropy(
            logits, targets.Labels(batch), reduction: torch.nn.Reduction.Sum, label_smoothing: options.LabelSmoothing);
        return new BatchLoss(loss, targets.Count, batch.TokenCount, batch.Places, Operations.Of(batch.Lengths, targets.Count), recomputation);
    }

    /// <summary>What runs the layers of one forward pass where they are not to keep what their gradients need; else null.</summary>
    protected Recomputation? NewRecomputation() => options.GradientCheckpointing ? new Recomputation() : null;
}
