using FineTuneWorkflows.Learning.Calibration;
using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Learning.Metrics;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Stages.Prediction;

/// <summary>Classes of whole texts or of pairs.</summary>
internal sealed class ClassPredictor : TextPredictor
{
    private readonly SequenceClassifierModel model;
    private readonly Tokenizer tokenizer;
    private readonly int maxLength;
    private readonly ModelCalibration? calibration;

    public ClassPredictor(string folder, Tokenizer tokenizer, TorchDevice device, PredictionOptions options)
        : base(folder)
    {
        this.tokenizer = tokenizer;
        calibration = options.Calibrated ? ModelCalibration.Load(folder) : null;
        model = SequenceClassifierModel.Load(folder, device, options.Threads, BaseModels.Folder);
        maxLength = Math.Min(model.MaxTokens, tokenizer.ModelMaxLength ?? int.MaxValue);
    }

    public override IReadOnlyList<string> Labels => model.Labels;

    private protected override IReadOnlyList<TextPrediction> PredictCore(IReadOnlyList<TextExample> inputs, int batchSize, CancellationToken cancellationToken)
    {
        EncodedText[] rows = [.. inputs.Select(Encode)];
        var probabilities = model.Predict(new EncodedTexts(rows), batchSize, cancellationToken);
        if (!model.IsMultiLabel && calibration is not null)
            probabilities = calibration.Apply(probabilities);
        return [.. rows.Select((row, i) => Prediction(probabilities, i) with { CutTokens = row.LostTokens, UnknownShare = UnknownTokens.Share(row) })];
    }

    // A model whose folder does not say what it was trained on may be either.
    private protected override string? Refusal(TextExample input) => Input?.Kind switch
    {
        DataKind.TextPairClassification when input.Second is null =>
            $"the model in {Folder} was trained on pairs of texts: give --second-text with each --text, or --second-text-column with --input",
        null or DataKind.TextPairClassification => base.Refusal(input with { Second = null }),
        _ when input.Second is not null => $"the model in {Folder} was trained on single texts, not on pairs; leave out --second-text and --second-text-column",
        _ => base.Refusal(input),
    };

    protected override void Dispose(bool disposing) => model.Dispose();

    private EncodedText Encode(TextExample input) => input.Second is null ? tokenizer.Encode(input.Text, maxLength) : tokenizer.EncodePair(input.Text, input.Second, new() { MaxLength = maxLength });

    private TextPrediction Prediction(ProbabilityTable probabilities, int index)
    {
        var each = Labels.Select((label, c) => KeyValuePair.Create(label, probabilities.Row(index)[c])).ToArray();
        if (!model.IsMultiLabel)
            return new(Labels[probabilities.Best(index)], each);
        string[] found = [.. each.Where(p => p.Value >= 0.5).Select(p => p.Key)];
        return new(string.Join(',', found), each) { Labels = found };
    }
}
