using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Training;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Inference;

/// <summary>
/// Runs a model over data in batches by length, without gradients. When memory runs out, batches are halved from there on and the failed one is tried again; results do not depend on
/// how sequences lie in batches, but for rounding.
/// </summary>
/// <param name="batchSize">Sequences computed at once.</param>
/// <param name="note">Hears when batches are halved; null where nobody needs to know.</param>
internal sealed class EvaluationBatches(int batchSize, Action<string>? note = null)
{
    /// <summary>Sequences computed at once from here on.</summary>
    public int Size { get; private set; } = batchSize;

    /// <summary>Has all sequences computed, the longest first.</summary>
    /// <param name="data">The sequences.</param>
    /// <param name="compute">Computes a batch; may be called again for the same sequences after memory ran out, so it keeps nothing before all its tensors are made.</param>
    /// <param name="cancellation">Ends the work between batches.</param>
    /// <exception cref="TrainingException">Not even a single sequence fits into memory.</exception>
    public void Run(ISequenceDataset data, Action<int[]> compute, CancellationToken cancellation)
    {
        int[] order = [.. Batcher.ByLength(data, Size).SelectMany(indices => indices)];
        for (int done = 0; done < order.Length;)
        {
            cancellation.ThrowIfCancellationRequested();
            int[] indices = order[done..Math.Min(order.Length, done + Size)];
            if (TryCompute(data, indices, compute))
                done += indices.Length;
        }
    }

    private bool TryCompute(ISequenceDataset data, int[] indices, Action<int[]> compute)
    {
        try
        {
            using var noGrad = torch.no_grad();
            using var scope = torch.NewDisposeScope();
            compute(indices);
            return true;
        }
        catch (Exception exception) when (MemoryShortage.Is(exception))
        {
            if (indices.Length == 1)
            {
                throw new TrainingException(
                    $"Memory ran out in an evaluation with a single sequence of {data.Length(indices[0])} tokens. Tokenize with a smaller MaxLength. libtorch says: {exception.Message.Split('\n')[0]}",
                    exception);
            }
            Size = (indices.Length + 1) / 2;
            note?.Invoke($"Memory ran out in an evaluation with {indices.Length} sequences at once; from here on {Size} are computed at once.");
        }
        // What the failed batch left is freed before it is tried again.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return false;
    }
}
