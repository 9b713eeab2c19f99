using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Metrics;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Training;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Inference;

/// <summary>Runs a classifier over sequences without dropout and gradients.</summary>
internal static unsafe class ClassifierScorer
{
    /// <summary>Probabilities in the order of the data, whatever order the batches have.</summary>
    public static ProbabilityTable Score(LanguageModel model, ISequenceDataset data, EvaluationBatches batches, CancellationToken cancellation)
    {
        var table = new ProbabilityTable(data.Count, model.Labels.Count);
        batches.Run(data, Compute, cancellation);
        return table;

        void Compute(int[] indices)
        {
            torch.Tensor logits = model.Logits(model.Batch(indices, data), training: false).cpu().contiguous();
            float* values = (float*)TensorMemory.Pointer(logits);
            for (int row = 0; row < indices.Length; row++)
            {
                if (model.IsMultiLabel)
                    Sigmoid(values + (row * table.ClassCount), table.Row(indices[row]));
                else
                    Softmax(values + (row * table.ClassCount), table.Row(indices[row]));
            }
        }
    }

    private static void Sigmoid(float* logits, Span<double> probabilities)
    {
        for (int i = 0; i < probabilities.Length; i++)
            probabilities[i] = 1 / (1 + Math.Exp(-logits[i]));
    }

    private static void Softmax(float* logits, Span<double> probabilities)
    {
        double max = double.NegativeInfinity, sum = 0;
        for (int i = 0; i < probabilities.Length; i++)
            max = Math.Max(max, logits[i]);
        for (int i = 0; i < probabilities.Length; i++)
            sum += probabilities[i] = Math.Exp(logits[i] - max);
        for (int i = 0; i < probabilities.Length; i++)
            probabilities[i] /= sum;
    }
}
