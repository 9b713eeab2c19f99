using FineTuneWorkflows.Learning.Calibration;
using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Learning.Metrics;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Stages.Prediction;

/// <summary>Classes of whole texts.</summary>
internal sealed class ClassPredictor : TextPredictor
{
    private readonly SequenceClassifierModel model;
    private readonly Tokenizer tokenizer;
    private readonly int maxLength;
    private readonly ModelCalibration? calibration;

    public ClassPredictor(string folder, Tokenizer tokenizer, TorchDevice device, bool calibrated)
    {
        this.tokenizer = tokenizer;
        calibration = calibrated ? ModelCalibration.Load(folder) : null;
        model = SequenceClassifierModel.Load(folder, device, findBase: BaseModels.Folder);
        maxLength = Math.Min(model.MaxTokens, tokenizer.ModelMaxLength ?? int.MaxValue);
    }

    public override IReadOnlyList<string> Labels => model.Labels;

    public override IReadOnlyList<TextPrediction> Predict(IReadOnlyList<string> texts, int batchSize = 64, CancellationToken cancellationToken = default)
    {
        var probabilities = model.Predict([.. texts.Select(text => tokenizer.Encode(text, maxLength).Ids)], batchSize, cancellationToken);
        if (!model.IsMultiLabel && calibration is not null)
            probabilities = calibration.Apply(probabilities);
        return [.. texts.Select((_, i) => Prediction(probabilities, i))];
    }

    protected override void Dispose(bool disposing) => model.Dispose();

    private TextPrediction Prediction(ProbabilityTable probabilities, int index)
    {
        var each = Labels.Select((label, c) => KeyValuePair.Create(label, probabilities.Row(index)[c])).ToArray();
        return new(model.IsMultiLabel ? string.Join(',', each.Where(p => p.Value >= 0.5).Select(p => p.Key)) : Labels[probabilities.Best(index)], each);
    }
}
