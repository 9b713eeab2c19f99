using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Learning.Metrics;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Stages.Prediction;

/// <summary>A saved text classifier with its tokenizer: texts in, classes with probabilities out.</summary>
public sealed class TextPredictor : IDisposable
{
    private readonly SequenceClassifierModel model;
    private readonly Tokenizer tokenizer;
    private readonly int maxLength;

    private TextPredictor(SequenceClassifierModel model, Tokenizer tokenizer)
    {
        this.model = model;
        this.tokenizer = tokenizer;
        maxLength = Math.Min(model.MaxTokens, tokenizer.ModelMaxLength ?? int.MaxValue);
    }

    /// <summary>The classes, in the order of the probabilities.</summary>
    public IReadOnlyList<string> Labels => model.Labels;

    /// <summary>Loads a model folder in Hugging Face's layout with its tokenizer's files.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="device"><c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:n</c>.</param>
    /// <param name="trace">Is told how libtorch was loaded.</param>
    /// <exception cref="FineTuneWorkflows.Learning.LearningException">The model cannot be loaded.</exception>
    /// <exception cref="FineTuneWorkflows.Text.TextDataException">The tokenizer is missing or damaged.</exception>
    public static TextPredictor Load(string folder, string device = "auto", Action<string>? trace = null)
    {
        // The tokenizer first: it is cheap, and a folder that is no model's fails at once.
        var tokenizer = Tokenizer.Load(folder);
        TorchRuntime.EnsureLoaded(trace);
        return new(SequenceClassifierModel.Load(folder, TorchDevice.Parse(device)), tokenizer);
    }

    /// <summary>Classifies texts. A text longer than the model's positions is cut.</summary>
    /// <param name="texts">The texts; an empty one is classified like any other.</param>
    /// <param name="batchSize">Texts computed at once.</param>
    /// <param name="cancellationToken">Ends the work between batches.</param>
    public IReadOnlyList<TextPrediction> Predict(IReadOnlyList<string> texts, int batchSize = 64, CancellationToken cancellationToken = default)
    {
        var probabilities = model.Predict([.. texts.Select(text => tokenizer.Encode(text, maxLength).Ids)], batchSize, cancellationToken);
        return [.. texts.Select((_, i) => Prediction(probabilities, i))];
    }

    /// <inheritdoc />
    public void Dispose() => model.Dispose();

    private TextPrediction Prediction(ProbabilityTable probabilities, int index) =>
        new(Labels[probabilities.Best(index)], [.. Labels.Select((label, c) => KeyValuePair.Create(label, probabilities.Row(index)[c]))]);
}
