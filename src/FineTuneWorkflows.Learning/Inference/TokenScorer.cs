using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Training;
using FineTuneWorkflows.Learning.Training.Tasks;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Inference;

/// <summary>Compares a model's predictions of tokens with what should be predicted, without dropout and gradients.</summary>
internal static class TokenScorer
{
    /// <summary>Makes a batch and says which of its tokens count.</summary>
    public delegate (SequenceBatch Batch, TokenTargets Targets) BatchMaker(ReadOnlySpan<int> indices);

    /// <summary>Scores every token that counts.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">The sequences.</param>
    /// <param name="batches">How many sequences are computed at once.</param>
    /// <param name="make">Makes batches.</param>
    /// <param name="score">Hears each token's cross-entropy and whether its most probable class is right.</param>
    /// <param name="cancellation">Ends the work between batches.</param>
    public static void Score(
        LanguageModel model, ISequenceDataset data, EvaluationBatches batches, BatchMaker make, Action<double, bool> score, CancellationToken cancellation)
    {
        batches.Run(data, Compute, cancellation);

        void Compute(int[] indices)
        {
            (SequenceBatch batch, TokenTargets targets) = make(indices);
            if (targets.Count == 0)
                return;
            torch.Tensor logits = model.Logits(batch, training: false, targets.Places(batch)), labels = targets.Labels(batch);
            float[] losses = [.. torch.nn.functional.cross_entropy(logits, labels, reduction: torch.nn.Reduction.None).cpu().data<float>()];
            bool[] right = [.. logits.argmax(1).eq(labels).cpu().data<bool>()];
            for (int i = 0; i < losses.Length; i++)
                score(losses[i], right[i]);
        }
    }
}
