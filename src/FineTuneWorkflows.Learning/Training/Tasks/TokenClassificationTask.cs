using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Learning.Metrics;
using FineTuneWorkflows.Learning.Models;

namespace FineTuneWorkflows.Learning.Training.Tasks;

/// <summary>A class for each token, by cross-entropy over the tokens that count.</summary>
internal sealed class TokenClassificationTask(LanguageModel model, ISequenceDataset training, ISequenceDataset? validation, TrainingOptions options)
    : SequenceTask(model, training, validation, options)
{
    public override IReadOnlyList<string> Metrics =>
        [BestMetrics.Loss, BestMetrics.Accuracy, BestMetrics.EntityF1, BestMetrics.EntityPrecision, BestMetrics.EntityRecall, BestMetrics.MacroF1];

    protected override LabelKind Labels => LabelKind.Tokens;

    public override BatchLoss Loss(ReadOnlySpan<int> indices, int epoch)
    {
        SequenceBatch batch = Model.Batch(indices, Training);
        return LossOf(batch, TokenLabels.Of(Training, indices, batch));
    }

    protected override IReadOnlyDictionary<string, double> Validate(EvaluationBatches batches, CancellationToken cancellation)
    {
        var scores = new TokenScores();
        TokenScorer.Score(Model, Validation, batches, indices =>
        {
            SequenceBatch batch = Model.Batch(indices, Validation);
            return (batch, TokenLabels.Of(Validation, indices, batch));
        }, scores.Add, cancellation);
        EntityReport entities = Entities(batches, cancellation);
        return new SortedDictionary<string, double>(StringComparer.Ordinal)
        {
            [BestMetrics.Loss] = scores.Loss,
            [BestMetrics.Accuracy] = scores.Accuracy,
            [BestMetrics.EntityF1] = entities.Micro.F1,
            [BestMetrics.EntityPrecision] = entities.Micro.Precision,
            [BestMetrics.EntityRecall] = entities.Micro.Recall,
            [BestMetrics.MacroF1] = entities.Macro.F1,
        };
    }

    private EntityReport Entities(EvaluationBatches batches, CancellationToken cancellation)
    {
        TokenClass[][] classes = TokenClassifierModel.Score(Model, Validation, batches, cancellation);
        (IReadOnlyList<IReadOnlyList<string>> actual, IReadOnlyList<IReadOnlyList<string>> predicted) = TaggedWords.Of(Validation, classes, Model.Labels);
        return EntityReport.Compute(actual, predicted);
    }
}
