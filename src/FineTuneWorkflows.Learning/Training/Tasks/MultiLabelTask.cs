using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Learning.Metrics;
using FineTuneWorkflows.Learning.Models;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Training.Tasks;

/// <summary>Multi-label classification: several classes for a sequence, or none, by the binary cross-entropy of each class, averaged over the classes as transformers does.</summary>
internal sealed class MultiLabelTask(LanguageModel model, ISequenceDataset training, ISequenceDataset? validation, TrainingOptions options)
    : SequenceTask(model, training, validation, options)
{
    public override IReadOnlyList<string> Metrics => [BestMetrics.Loss, BestMetrics.Accuracy, BestMetrics.MacroF1, BestMetrics.MicroF1];

    protected override LabelKind Labels => LabelKind.Classes;

    public override void CheckData()
    {
        if (Options.LabelSmoothing > 0)
            throw new TrainingException(string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"LabelSmoothing is {Options.LabelSmoothing}, but this is multi-label classification, where it has no meaning; set it to 0."));
        base.CheckData();
    }

    public override BatchLoss Loss(ReadOnlySpan<int> indices, int epoch)
    {
        SequenceBatch batch = Model.Batch(indices, Training);
        int classes = Model.Labels.Count;
        float[] targets = new float[indices.Length * classes];
        bool[] row = new bool[classes];
        for (int i = 0; i < indices.Length; i++)
        {
            Training.CopyClasses(indices[i], row);
            for (int c = 0; c < classes; c++)
                targets[(i * classes) + c] = row[c] ? 1 : 0;
        }
        Recomputation? recomputation = NewRecomputation();
        torch.Tensor logits = Model.Logits(batch, training: true, recomputation: recomputation);
        torch.Tensor loss = torch.nn.functional.binary_cross_entropy_with_logits(
            logits, torch.tensor(targets, [indices.Length, classes]).to(logits.device), reduction: torch.nn.Reduction.Sum) / classes;
        return new BatchLoss(loss, indices.Length, batch.TokenCount, batch.Places, Operations.Of(batch.Lengths, 0), recomputation);
    }

    protected override IReadOnlyDictionary<string, double> Validate(EvaluationBatches batches, CancellationToken cancellation)
    {
        ProbabilityTable probabilities = ClassifierScorer.Score(Model, Validation, batches, cancellation);
        var report = new MultiLabelCounts(Model.Labels.Count);
        bool[] actual = new bool[Model.Labels.Count];
        for (int index = 0; index < Validation.Count; index++)
        {
            Validation.CopyClasses(index, actual);
            report.Add(actual, probabilities.Row(index));
        }
        return new SortedDictionary<string, double>(StringComparer.Ordinal)
        {
            [BestMetrics.Loss] = report.Loss,
            [BestMetrics.Accuracy] = report.Accuracy,
            [BestMetrics.MacroF1] = report.MacroF1,
            [BestMetrics.MicroF1] = report.MicroF1,
        };
    }
}
