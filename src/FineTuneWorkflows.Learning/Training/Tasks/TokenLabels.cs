using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Models;

namespace FineTuneWorkflows.Learning.Training.Tasks;

/// <summary>Reads the labels of a batch's tokens.</summary>
internal static class TokenLabels
{
    /// <summary>The tokens that count.</summary>
    public static TokenTargets Of(ISequenceDataset data, ReadOnlySpan<int> indices, SequenceBatch batch)
    {
        var targets = new TokenTargets();
        int[] labels = new int[batch.Width];
        for (int row = 0; row < indices.Length; row++)
        {
            data.CopyTokenLabels(indices[row], labels.AsSpan(0, batch.Lengths[row]));
            for (int i = 0; i < batch.Lengths[row]; i++)
            {
                if (labels[i] != TokenTargets.Ignored)
                    targets.Add(row, i, labels[i]);
            }
        }
        return targets;
    }
}
