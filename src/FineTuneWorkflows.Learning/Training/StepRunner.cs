using System.Diagnostics;
using FineTuneWorkflows.Foundation.Randomness;
using FineTuneWorkflows.Learning.Runtime;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Training;

/// <summary>
/// Does one step: the batch's gradients, in pieces where it is too large to be computed at once, and one update. When memory runs out on the way to the
/// gradients, the pieces are halved and the step begins again; the update stays that of the whole batch. An update is never tried twice.
/// </summary>
internal sealed class StepRunner(ITrainingTask task, IOptimizer optimizer, TrainingOptions options, ITrainingObserver observer)
{
    /// <summary>The most sequences computed at once; 0 for whole batches.</summary>
    public int MicroBatchSize { get; set; } = options.MicroBatchSize;

    /// <summary>Computes gradients and updates the parameters.</summary>
    /// <param name="indices">The batch.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="stepInEpoch">The step in the epoch, from 0.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="step">The number of the update, from 1.</param>
    /// <param name="cancellation">Ends the step before any of its pieces; then nothing is updated.</param>
    /// <returns>What it came to. If loss or norm is not finite, nothing was updated.</returns>
    /// <exception cref="TrainingException">Not even a single sequence fits into memory, or memory ran out in the update.</exception>
    public StepOutcome Run(int[] indices, int epoch, int stepInEpoch, double rate, long step, CancellationToken cancellation = default)
    {
        StepOutcome outcome = Gradients(indices, epoch, stepInEpoch, cancellation);
        if (!double.IsFinite(outcome.LossSum))
            return outcome;
        long started = Stopwatch.GetTimestamp();
        try
        {
            double norm = optimizer.Step(rate, step, outcome.Weight > 0 ? 1 / outcome.Weight : 1);
            return outcome with { GradientNorm = norm, UpdateSeconds = Stopwatch.GetElapsedTime(started).TotalSeconds };
        }
        catch (Exception exception) when (MemoryShortage.Is(exception))
        {
            // Some parameters may have moved already: to go on from here would apply the step to them twice.
            throw new TrainingException(
                $"Memory ran out on {task.Device} in the update of step {step}, after its gradients were there; smaller pieces of a batch do not help with that. Run again to go on "
                + $"from the last checkpoint where something else took the memory; else train fewer weights (LoraRank, FreezeLayers) or a smaller model. libtorch says: {FirstLine(exception)}",
                exception);
        }
    }

    /// <summary>Draws what a step draws: each from its own seed, so that a resumed training draws what an uninterrupted one would have.</summary>
    public void Seed(int epoch, int stepInEpoch) => torch.random.manual_seed((long)DerivedSeed.For(options.Seed, "step", epoch, stepInEpoch));

    private StepOutcome Gradients(int[] indices, int epoch, int stepInEpoch, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                Seed(epoch, stepInEpoch);
                return Compute(indices, epoch, cancellation);
            }
            catch (Exception exception) when (MemoryShortage.Is(exception))
            {
                optimizer.ClearGradients();
                Halve(indices, exception);
            }
        }
    }

    private StepOutcome Compute(int[] indices, int epoch, CancellationToken cancellation)
    {
        double sum = 0, weight = 0, operations = 0;
        int tokens = 0, places = 0;
        int size = MicroBatchSize > 0 ? MicroBatchSize : indices.Length;
        for (int start = 0; start < indices.Length; start += size)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = torch.NewDisposeScope();
            BatchLoss piece = task.Loss(indices.AsSpan(start, Math.Min(size, indices.Length - start)), epoch);
            sum += piece.Sum.to(torch.float32).Number();
            weight += piece.Weight;
            tokens += piece.Tokens;
            places += piece.Places;
            operations += piece.Operations;
            if (!double.IsFinite(sum))
            {
                optimizer.ClearGradients();
                break;
            }
            piece.Backward();
        }
        return new StepOutcome(sum, weight, 0, tokens, places, operations, 0);
    }

    private void Halve(int[] indices, Exception exception)
    {
        int size = MicroBatchSize > 0 ? Math.Min(MicroBatchSize, indices.Length) : indices.Length;
        if (size == 1)
        {
            int length = task.Training.Length(indices.MaxBy(task.Training.Length));
            throw new TrainingException(
                $"Memory ran out on {task.Device} with a single sequence of {length} tokens. Tokenize with a smaller MaxLength, or keep fewer Layers. libtorch "
                + $"says: {FirstLine(exception)}",
                exception);
        }
        MicroBatchSize = (size + 1) / 2;
        observer.OnNote($"Memory ran out with {size} sequences at once; from here on {MicroBatchSize} are computed at once and their gradients added, so that a "
            + "step still learns from the whole batch.");
        // What the failed step left is freed before it is tried again.
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    private static string FirstLine(Exception exception) => exception.Message.Split('\n')[0];
}
