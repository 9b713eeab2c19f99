using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Learning.Models;

namespace FineTuneWorkflows.Learning.Training.Tasks;

/// <summary>
/// Each token from those before it, by cross-entropy. Where the data says which tokens count, as the answers of conversations do, only they are learned.
/// </summary>
internal sealed class CausalLanguageTask(LanguageModel model, ISequenceDataset training, ISequenceDataset? validation, TrainingOptions options)
    : SequenceTask(model, training, validation, options)
{
    public override IReadOnlyList<string> Metrics => LanguageMetrics.All;

    protected override LabelKind Labels => LabelKind.NextTokens;

    public override void CheckData()
    {
        base.CheckData();
        CheckLearnable(Training, "training");
        if (HasValidation)
            CheckLearnable(Validation, "validation");
    }

    public override BatchLoss Loss(ReadOnlySpan<int> indices, int epoch)
    {
        SequenceBatch batch = Model.Batch(indices, Training);
        return LossOf(batch, NextTokens(Training, indices));
    }

    protected override IReadOnlyDictionary<string, double> Validate(EvaluationBatches batches, CancellationToken cancellation)
    {
        var scores = new TokenScores();
        TokenScorer.Score(
            Model, Validation, batches, indices => (Model.Batch(indices, Validation), NextTokens(Validation, indices)), scores.Add, cancellation);
        return LanguageMetrics.Of(scores);
    }

    /// <summary>At each token the one after it, where that one counts.</summary>
    private static TokenTargets NextTokens(ISequenceDataset data, ReadOnlySpan<int> indices)
    {
        var targets = new TokenTargets();
        for (int row = 0; row < indices.Length; row++)
        {
            int[] labels = Learned(data, indices[row]);
            for (int place = 1; place < labels.Length; place++)
            {
                if (labels[place] != TokenTargets.Ignored)
                    targets.Add(row, place - 1, labels[place]);
            }
        }
        return targets;
    }

    private static int[] Learned(ISequenceDataset data, int index)
    {
        int[] labels = new int[data.Length(index)];
        if (data.HasTokenLabels)
            data.CopyTokenLabels(index, labels);
        else
            data.CopyTokens(index, labels);
        return labels;
    }

    private static void CheckLearnable(ISequenceDataset data, string name)
    {
        for (int index = 0; index < data.Count; index++)
        {
            if (Learned(data, index).AsSpan(1).ContainsAnyExcept(TokenTargets.Ignored))
                return;
        }
        throw new TrainingException($"The {name} data has no token to learn: no sequence has two tokens or more of which a later one counts.");
    }
}
