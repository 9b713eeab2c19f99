using System.Globalization;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Runtime;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Training.Memory;

/// <summary>
/// The memory that a training takes at most, in bytes, beyond the program itself (with libtorch some 0.3 GB on the CPU). Weights, gradients and AdamW's two
/// moments are counted exactly, 4 bytes a number (a base that is kept in bfloat16 2). Activations are every tensor of a forward pass of the largest piece of a batch, as they all stay until the
/// piece's gradients are taken:
/// <list type="bullet">
/// <item>a layer of an encoder: 13 tensors <c>[batch, tokens, hidden]</c> (8 where libtorch computes attention), two <c>[batch, tokens, intermediate]</c>, and where attention is
/// computed in full two <c>[batch, heads, tokens, tokens]</c>; each dropout adds its mask and its product;</item>
/// <item>a layer of a decoder: as its family normalizes, turns, shares and gates, see <c>TensorCount</c>;</item>
/// <item>beside an adapted layer: the adapter's thin and wide products and their sum;</item>
/// <item>in <see cref="Precision.BFloat16"/> all of these have 2 bytes a number, and there is a copy of each weight of 2 bytes a number besides;</item>
/// <item>with gradient checkpointing: each layer's output and its gradient, and all of one layer;</item>
/// <item>the embeddings' sums, and the head: of one that predicts tokens the logits and their logarithms, <c>[predicted tokens, vocabulary]</c>.</item>
/// </list>
/// </summary>
/// <param name="ParameterCount">The number of parameters of the model.</param>
/// <param name="TrainableCount">Of them those that are trained.</param>
/// <param name="Batch">The largest piece of a step.</param>
/// <param name="Weights">All weights.</param>
/// <param name="Gradients">The trained weights' gradients.</param>
/// <param name="Moments">AdamW's two moments of them.</param>
/// <param name="Activations">What a forward pass keeps.</param>
/// <param name="Temporaries">What more there is for a moment: the backward pass's own tensors beyond the gradients that are there by then, the update's, or a validation's where those are
/// larger.</param>
public sealed record MemoryEstimate(
    long ParameterCount, long TrainableCount, BatchShape Batch, long Weights, long Gradients, long Moments, long Activations, long Temporaries)
{
    /// <summary>All of it together.</summary>
    public long Peak => Weights + Gradients + Moments + Activations + Temporaries;

    /// <summary>Estimates a training of a model that is there.</summary>
    /// <param name="model">The model, frozen where it will be.</param>
    /// <param name="options">How it is trained.</param>
    /// <param name="batch">The largest piece of a step.</param>
    /// <param name="validation">The largest batch of the validation; the default for none.</param>
    /// <param name="predictedShare">The share of tokens that a model for tokens predicts, 0 to 1; default 1.</param>
    public static MemoryEstimate Of(LanguageModel model, TrainingOptions options, BatchShape batch, BatchShape validation = default, double predictedShare = 1) =>
        Of(model, model.Device.IsCuda, options, batch, validation, predictedShare);

    /// <summary>Estimates a training of a model that is not there yet. Its tensors are declared, without values, to be counted, and freed again.</summary>
    /// <param name="config">The base's configuration.</param>
    /// <param name="structure">Changes to it, with what is frozen.</param>
    /// <param name="task">What the head does.</param>
    /// <param name="classCount">The number of classes; of no matter where the head predicts tokens.</param>
    /// <param name="device">Where it will be trained.</param>
    /// <param name="options">How it is trained.</param>
    /// <param name="batch">The largest piece of a step.</param>
    /// <param name="validation">The largest batch of the validation; the default for none.</param>
    /// <param name="predictedShare">The share of tokens that a model for tokens predicts, 0 to 1; default 1.</param>
    /// <exception cref="ModelException">The configuration and the task do not go together.</exception>
    public static MemoryEstimate Of(
        ModelConfig config, StructureOptions structure, ModelTask task, int classCount, TorchDevice device, TrainingOptions options, BatchShape batch,
        BatchShape validation = default, double predictedShare = 1)
    {
        bool classes = task is ModelTask.SequenceClassification or ModelTask.TokenClassification;
        string[] labels = classes ? [.. Enumerable.Range(0, classCount).Select(i => i.ToString(CultureInfo.InvariantCulture))] : [];
        // On the CPU: memory that is never written is never taken.
        using LanguageModel model = LanguageModel.Declare(
            structure.Apply(config, task), task, labels, TorchDevice.Cpu, "The configuration",
            structure is { KeepBFloat16: true, Lora: not null } && config.TorchType == "bfloat16" ? torch.ScalarType.BFloat16 : torch.ScalarType.Float32);
        model.Prepare(structure);
        return Of(model, device.IsCuda, options, batch, validation, predictedShare);
    }

    /// <summary>The parts in one line, in GB (10⁹ bytes).</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"at most {Gigabytes(Peak)} GB of memory: weights {Gigabytes(Weights)}, gradients {Gigabytes(Gradients)}, moments {Gigabytes(Moments)}, activations {Gigabytes(Activations)} "
        + $"({Batch.Places} tokens at once, padding included), temporaries {Gigabytes(Temporaries)}");

    private static string Gigabytes(long bytes) => (bytes / 1e9).ToString(bytes >= 1e8 || bytes == 0 ? "0.00" : "0.0000", CultureInfo.InvariantCulture);

    private static MemoryEstimate Of(LanguageModel model, bool cuda, TrainingOptions options, BatchShape batch, BatchShape validation, double predictedShare)
    {
        bool inPieces = options.MicroBatchSize > 0 && options.MicroBatchSize < options.BatchSize;
        bool narrow = options.Precision == Precision.BFloat16;
        var count = new TensorCount(model, cuda, narrow);
        long weights = model.Parameters.Sum(p => TensorMemory.Length(p.Value)), gradients = 4 * count.Trainable;
        // Embeddings are looked up in 32 bits; only as the head's matrix are they copied.
        long copies = narrow ? model.Parameters.Where(p => p.Value.dtype == torch.ScalarType.Float32 && (p.Kind != ParameterKind.Embedding || (count.Tied && p.Value.shape[0] == model.Config.VocabSize)))
            .Sum(p => 2 * p.Value.NumberOfElements) : 0;
        int size = narrow ? 2 : 4;
        long activations = (size * count.Activations(batch, options.GradientCheckpointing, predictedShare)) + copies;
        long training = activations + gradients + (size * (count.Backward(batch, inPieces, predictedShare) - count.Trainable));
        // The update takes nothing of its own.
        long peak = Math.Max(training, (size * count.Validation(validation, predictedShare)) + copies);
        return new MemoryEstimate(
            model.ParameterCount, count.Trainable, batch, weights, gradients, 2 * gradients, activations, Math.Max(0, peak - activations - gradients));
    }
}
