using System.Diagnostics;
using FineTuneWorkflows.Learning.Randomness;
using FineTuneWorkflows.Learning.Runtime;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Training;

/// <summary>
/// Does one step: the batch's gradients, in pieces where it is too large to be computed at once, and one update. When memory runs out, the pieces are
/// halved and the step begins again; the update stays that of the whole batch.
/// </summary>
internal sealed class StepRunner(ITrainingTask task, AdamW optimizer, TrainingOptions options, ITrainingObserver observer)
{
    /// <summary>The most sequences computed at once; 0 for whole batches.</summary>
    public int MicroBatchSize { get; set; } = options.MicroBatchSize;

    /// <summary>Computes gradients and updates the parameters.</summary>
    /// <param name="indices">The batch.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="stepInEpoch">The step in the epoch, from 0.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="step">The number of the update, from 1.</param>
    /// <returns>What it came to. If loss or norm is not finite, nothing was updated.</returns>
    /// <exception cref="TrainingException">Not even a single sequence fits into memory.</exception>
    public StepOutcome Run(int[] indices, int epoch, int stepInEpoch, double rate, long step)
    {
        while (true)
        {
            try
            {
                // Every step draws from its own seed, so a resumed training draws what an uninterrupted one would have.
                torch.random.manual_seed((long)DerivedSeed.For(options.Seed, "step", epoch, stepInEpoch));
                return Compute(indices, epoch, rate, step);
            }
            catch (Exception exception) when (MemoryShortage.Is(exception))
            {
                optimizer.ClearGradients();
                Halve(indices, exception);
            }
        }
    }

    private StepOutcome Compute(int[] indices, int epoch, double rate, long step)
    {
        double sum = 0, weight = 0;
        int tokens = 0, places = 0;
        int size = MicroBatchSize > 0 ? MicroBatchSize : indices.Length;
        for (int start = 0; start < indices.Length; start += size)
        {
            using var scope = torch.NewDisposeScope();
            BatchLoss piece = task.Loss(indices.AsSpan(start, Math.Min(size, indices.Length - start)), epoch);
            sum += piece.Sum.to(torch.float32).Number();
            weight += piece.Weight;
            tokens += piece.Tokens;
            places += piece.Places;
            if (!double.IsFinite(sum))
            {
                optimizer.ClearGradients();
                return new StepOutcome(sum, weight, 0, tokens, places, 0);
            }
            piece.Backward();
        }
        long started = Stopwatch.GetTimestamp();
        double norm = optimizer.Step(rate, step, weight > 0 ? 1 / weight : 1);
        return new StepOutcome(sum, weight, norm, tokens, places, Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private void Halve(int[] indices, Exception exception)
    {
        int size = MicroBatchSize > 0 ? Math.Min(MicroBatchSize, indices.Length) : indices.Length;
        if (size == 1)
        {
            int length = task.Training.Length(indices.MaxBy(task.Training.Length));
            throw new TrainingException(
                $"Memory ran out on {task.Device} with a single sequence of {length} tokens. Tokenize with a smaller MaxLength, or keep fewer Layers. libtorch "
                    + $"says: {exception.Message.Split('\n')[0]}");
        }
        MicroBatchSize = (size + 1) / 2;
        observer.OnNote($"Memory ran out with {size} sequences at once; from here on {MicroBatchSize} are computed at once and their gradients added, so that a "
            + "step still learns from the whole batch.");
        // What the failed step left is freed before it is tried again.
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }
}
