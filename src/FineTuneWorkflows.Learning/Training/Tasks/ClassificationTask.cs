using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Learning.Metrics;
using FineTuneWorkflows.Learning.Models;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Training.Tasks;

/// <summary>One class for each sequence, by cross-entropy.</summary>
internal sealed class ClassificationTask(LanguageModel model, ISequenceDataset training, ISequenceDataset? validation, TrainingOptions options)
    : SequenceTask(model, training, validation, options)
{
    public override IReadOnlyList<string> Metrics =>
        [BestMetrics.Loss, BestMetrics.Accuracy, BestMetrics.MacroF1, BestMetrics.WeightedF1, BestMetrics.MatthewsCorrelation, BestMetrics.CalibrationError];

    protected override LabelKind Labels => LabelKind.Class;

    private double[]? _weights;

    public override void CheckData()
    {
        base.CheckData();
        if (Options.ClassWeights == ClassWeighting.Balanced)
            _weights = Balanced();
    }

    public override BatchLoss Loss(ReadOnlySpan<int> indices, int epoch)
    {
        SequenceBatch batch = Model.Batch(indices, Training);
        long[] labels = new long[indices.Length];
        for (int row = 0; row < labels.Length; row++)
            labels[row] = Training.Label(indices[row]);
        torch.Device device = batch.TokenIds.device;
        Recomputation? recomputation = NewRecomputation();
        torch.Tensor? weights = _weights is null ? null : torch.tensor(_weights, torch.float32).to(device);
        torch.Tensor loss = torch.nn.functional.cross_entropy(
            Model.Logits(batch, training: true, recomputation: recomputation), torch.tensor(labels).to(device), weights, reduction: torch.nn.Reduction.Sum,
            label_smoothing: Options.LabelSmoothing);
        return new BatchLoss(loss, _weights is null ? labels.Length : labels.Sum(label => _weights[label]), batch.TokenCount, batch.Places, Operations.Of(batch.Lengths, 0), recomputation);
    }

    protected override IReadOnlyDictionary<string, double> Validate(EvaluationBatches batches, CancellationToken cancellation)
    {
        ProbabilityTable probabilities = ClassifierScorer.Score(Model, Validation, batches, cancellation);
        int[] labels = [.. Enumerable.Range(0, Validation.Count).Select(Validation.Label)];
        var matrix = new ConfusionMatrix(labels, probabilities.BestOfAll(), Model.Labels.Count);
        return new SortedDictionary<string, double>(StringComparer.Ordinal)
        {
            [BestMetrics.Loss] = ClassificationReport.NegativeLogLikelihood(probabilities, labels),
            [BestMetrics.Accuracy] = matrix.Accuracy,
            [BestMetrics.MacroF1] = matrix.MacroF1(),
            [BestMetrics.WeightedF1] = matrix.WeightedF1(),
            [BestMetrics.MatthewsCorrelation] = matrix.MatthewsCorrelation(),
            [BestMetrics.CalibrationError] = ClassificationReport.ExpectedCalibrationError(probabilities, labels),
        };
    }

    private double[] Balanced()
    {
        int[] counts = new int[Model.Labels.Count];
        for (int i = 0; i < Training.Count; i++)
            counts[Training.Label(i)]++;
        for (int c = 0; c < counts.Length; c++)
        {
            if (counts[c] == 0)
                throw new TrainingException($"ClassWeights is {ClassWeighting.Balanced}, but class '{Model.Labels[c]}' has no training example to weigh. Get examples of it, leave the class out, or set "
                    + $"ClassWeights to {ClassWeighting.None}.");
        }
        return [.. counts.Select(count => Training.Count / ((double)counts.Length * count))];
    }
}
