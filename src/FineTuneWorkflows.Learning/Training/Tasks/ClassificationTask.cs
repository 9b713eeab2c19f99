using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Learning.Metrics;
using FineTuneWorkflows.Learning.Models;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Training.Tasks;

/// <summary>One class for each sequence, by cross-entropy.</summary>
internal sealed class ClassificationTask(LanguageModel model, ISequenceDataset training, ISequenceDataset? validation, TrainingOptions options)
    : SequenceTask(model, training, validation, options)
{
    public override IReadOnlyList<string> Metrics => [BestMetrics.Loss, BestMetrics.Accuracy, BestMetrics.MacroF1];

    protected override LabelKind Labels => LabelKind.Class;

    public override BatchLoss Loss(ReadOnlySpan<int> indices, int epoch)
    {
        SequenceBatch batch = Model.Batch(indices, Training);
        long[] labels = new long[indices.Length];
        for (int row = 0; row < labels.Length; row++)
            labels[row] = Training.Label(indices[row]);
        torch.Tensor loss = torch.nn.functional.cross_entropy(
            Model.Logits(batch, training: true), torch.tensor(labels).to(batch.TokenIds.device), reduction: torch.nn.Reduction.Sum,
            label_smoothing: Options.LabelSmoothing);
        return new BatchLoss(loss, indices.Length, batch.TokenCount, batch.Places);
    }

    public override IReadOnlyDictionary<string, double> Validate(CancellationToken cancellation)
    {
        ProbabilityTable probabilities = ClassifierScorer.Score(Model, Validation, Options.BatchSize, cancellation);
        int[] labels = [.. Enumerable.Range(0, Validation.Count).Select(Validation.Label)];
        var matrix = new ConfusionMatrix(labels, probabilities.BestOfAll(), Model.Labels.Count);
        return new SortedDictionary<string, double>(StringComparer.Ordinal)
        {
            [BestMetrics.Loss] = ClassificationReport.NegativeLogLikelihood(probabilities, labels),
            [BestMetrics.Accuracy] = matrix.Accuracy,
            [BestMetrics.MacroF1] = matrix.MacroF1(),
        };
    }
}
