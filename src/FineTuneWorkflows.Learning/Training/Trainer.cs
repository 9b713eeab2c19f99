using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Training.Memory;
using FineTuneWorkflows.Learning.Training.Tasks;

namespace FineTuneWorkflows.Learning.Training;

/// <summary>Fine-tunes models.</summary>
public static class Trainer
{
    /// <summary>
    /// Trains a model for the task of its head, or goes on with a training that was interrupted: the newest whole checkpoint of the same training in
    /// <paramref name="workFolder"/> is resumed from (same options, data and starting weights: the model must be what it was before its first step), and on the CPU the result has the same bits as one that was never interrupted. Afterwards
    /// the model has the weights of the best epoch (without validation data: of the last). Computes on the calling thread; a second training in the
    /// same process waits for the first.
    /// </summary>
    /// <param name="model">The model; changed in place.</param>
    /// <param name="training">The examples to learn from.</param>
    /// <param name="validation">The examples to choose the best epoch by, or null.</param>
    /// <param name="options">How to train.</param>
    /// <param name="workFolder">Where checkpoints are kept; made if it is not there.</param>
    /// <param name="observer">Hears of steps, evaluations and checkpoints.</param>
    /// <param name="cancellation">Ends the training after the current step; a checkpoint is written first.</param>
    /// <param name="masking">How tokens are masked; for masked language modeling, which needs it, alone.</param>
    /// <param name="otherWorkFolders">Work folders of other trainings: where one of the same model and data was interrupted, with another option such as its batch size, the observer hears of
    /// it when this one starts anew. They are only read. Null, the default, looks at none.</param>
    /// <exception cref="TrainingException">An option or an example is out of range, found before the first step.</exception>
    /// <exception cref="DivergenceException">The loss or the gradient became infinite or no number.</exception>
    /// <exception cref="Checkpoints.CheckpointException">A checkpoint cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    public static TrainingResult Run(
        LanguageModel model, ISequenceDataset training, ISequenceDataset? validation, TrainingOptions options, string workFolder,
        ITrainingObserver? observer = null, CancellationToken cancellation = default, MaskingOptions? masking = null,
        IEnumerable<string>? otherWorkFolders = null) =>
        Run(model, training, validation, options, workFolder, observer, masking, otherWorkFolders, TimeProvider.System, cancellation);

    /// <summary>The same by another clock.</summary>
    internal static TrainingResult Run(
        LanguageModel model, ISequenceDataset training, ISequenceDataset? validation, TrainingOptions options, string workFolder, ITrainingObserver? observer,
        MaskingOptions? masking, IEnumerable<string>? otherWorkFolders, TimeProvider clock, CancellationToken cancellation)
    {
        options.Check(validation is not null);
        if (Runtime.PrecisionSupport.Problem(model.Device, options.Precision) is { } problem)
            throw new TrainingException($"Precision is {options.Precision}, but {problem}. Set Precision to {Runtime.Precision.Float32}, or Device to one that has it.");
        ITrainingTask task = TrainingTasks.Make(model, training, validation, options, masking);
        task.CheckData();
        CheckBatch(training, options);
        var estimate = MemoryEstimate.Of(
            model, options, BatchShape.OfTraining(options, training), validation is null ? default : BatchShape.OfValidation(options, validation), masking?.Probability ?? 1);
        observer?.OnMemory(estimate, model.Device);
        if (WantsLittleMemory(options, estimate, model.Device))
            Runtime.LargeBlocks.GiveBack();
        try
        {
            model.ComputeIn(options.Precision == Runtime.Precision.BFloat16 ? TorchSharp.torch.ScalarType.BFloat16 : TorchSharp.torch.ScalarType.Float32);
            using var loop = new TrainingLoop(task, options, workFolder, observer ?? SilentObserver.Instance, otherWorkFolders, clock);
            return loop.Run(cancellation);
        }
        finally
        {
            model.ComputeIn(TorchSharp.torch.ScalarType.Float32);
        }
    }

    /// <summary>Refuses data that do not fill a single batch.</summary>
    private static void CheckBatch(ISequenceDataset training, TrainingOptions options)
    {
        if (training.Count >= options.BatchSize)
            return;
        if (options.BatchTokens == 0)
            throw new TrainingException($"BatchSize is {options.BatchSize}, but the training data has {training.Count} examples; set a BatchSize of "
                + $"{training.Count} or less.");
        if (Batcher.Shuffled(training, options.BatchSize, options.Seed, 0, options.BatchTokens).Length == 1)
            throw new TrainingException($"BatchSize is {options.BatchSize} and BatchTokens {options.BatchTokens}, but the training data has {training.Count} examples with "
                + $"{(long)training.Count * Enumerable.Range(0, training.Count).Max(training.Length)} tokens with padding, which fill neither; set a BatchSize of {training.Count} or less.");
    }

    /// <summary>Whether a training is to take no more than its tensors at the cost of time: who asks for less memory gets it, and so does one that would fill more than half of what
    /// there is. Others keep the quicker allocator.</summary>
    private static bool WantsLittleMemory(TrainingOptions options, MemoryEstimate estimate, Runtime.TorchDevice device) =>
        options.GradientCheckpointing || options.MicroBatchSize > 0 || (!device.IsCuda && estimate.Peak > Runtime.DeviceMemory.Total(device) / 2);

    /// <summary>Measures a model on data as a validation would.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">The data, with labels where the task has them.</param>
    /// <param name="batchSize">Sequences computed at once; default 32. Halved where memory runs out.</param>
    /// <param name="seed">The seed of masks; default 42.</param>
    /// <param name="threads">Threads to compute with; 0, the default, takes as many as the machine has CPU cores.</param>
    /// <param name="masking">How tokens are masked; for masked language modeling, which needs it, alone.</param>
    /// <param name="cancellation">Ends the work between batches.</param>
    /// <param name="note">Hears when batches are halved.</param>
    /// <returns>The metrics by name, without <c>validation/</c> before it: <c>loss</c>, <c>accuracy</c> and what the task has besides.</returns>
    /// <exception cref="TrainingException">An example is out of range.</exception>
    public static IReadOnlyDictionary<string, double> Measure(
        LanguageModel model, ISequenceDataset data, int batchSize = 32, long seed = 42, int threads = 0, MaskingOptions? masking = null, CancellationToken cancellation = default,
        Action<string>? note = null)
    {
        ITrainingTask task = TrainingTasks.Make(model, data, data, new TrainingOptions { BatchSize = batchSize, Seed = seed }, masking);
        task.CheckData();
        using Runtime.TorchSession session = Runtime.TorchSession.Enter(threads);
        return task.Validate(cancellation, note).ToDictionary(pair => pair.Key["validation/".Length..], pair => pair.Value, StringComparer.Ordinal);
    }
}
