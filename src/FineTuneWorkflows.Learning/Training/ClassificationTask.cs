using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Learning.Metrics;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Runtime;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Training;

/// <summary>Training of a <see cref="SequenceClassifier"/> by cross-entropy.</summary>
internal sealed class ClassificationTask(SequenceClassifier model, ISequenceDataset training, ISequenceDataset? validation, TrainingOptions options)
    : ITrainingTask
{
    private string? _digest;

    public IReadOnlyList<ModelParameter> Parameters => model.Parameters;

    public TorchDevice Device => model.Device;

    public ISequenceDataset Training => training;

    public bool HasValidation => validation is not null;

    public string Describe()
    {
        if (_digest is null)
            CheckData();
        BertConfig c = model.Config;
        string shapes = string.Join(';', Parameters.Select(p => $"{p.Name}:{string.Join(',', p.Value.shape)}"));
        return string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{_digest}|{c.HiddenDropout:R}|{c.AttentionDropout:R}|{c.ClassifierDropout:R}|{c.Activation}|{c.LayerNormEpsilon:R}|{c.HeadCount}|"
            + $"{c.PadTokenId}|{shapes}");
    }

    public void CheckData()
    {
        string digest = SequenceChecks.Check(training, "training", model.Config, model.Labels.Count);
        if (validation is not null)
            digest += "|" + SequenceChecks.Check(validation, "validation", model.Config, model.Labels.Count);
        _digest = digest;
    }

    public BatchLoss Loss(ReadOnlySpan<int> indices, int epoch)
    {
        SequenceBatch batch = SequenceBatch.Create(indices, training.Length, training.Label, training.CopyTokens, model.Config.PadTokenId,
            model.Device);
        torch.Tensor logits = model.Forward(batch, training: true);
        torch.Tensor loss = torch.nn.functional.cross_entropy(logits, batch.Labels, reduction: torch.nn.Reduction.Sum, label_smoothing: options.LabelSmoothing);
        return new BatchLoss(loss, indices.Length, batch.TokenCount, (int)batch.TokenIds.NumberOfElements);
    }

    public IReadOnlyDictionary<string, double> Validate(CancellationToken cancellation)
    {
        ISequenceDataset data = validation ?? throw new InvalidOperationException("There is no validation data.");
        ProbabilityTable probabilities = ClassifierScorer.Score(model, data, options.BatchSize, cancellation);
        int[] labels = [.. Enumerable.Range(0, data.Count).Select(data.Label)];
        var matrix = new ConfusionMatrix(labels, probabilities.BestOfAll(), model.Labels.Count);
        return new SortedDictionary<string, double>(StringComparer.Ordinal)
        {
            [BestMetrics.Loss] = ClassificationReport.NegativeLogLikelihood(probabilities, labels),
            [BestMetrics.Accuracy] = matrix.Accuracy,
            [BestMetrics.MacroF1] = matrix.MacroF1(),
        };
    }
}
