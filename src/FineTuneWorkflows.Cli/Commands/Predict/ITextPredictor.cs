using FineTuneWorkflows.Stages.Prediction;
using FineTuneWorkflows.Text.Datasets;

namespace FineTuneWorkflows.Cli.Commands.Predict;

/// <summary>A fine-tuned model, ready to say what texts are.</summary>
public interface ITextPredictor : IDisposable
{
    /// <summary>Predicts one input after the other.</summary>
    /// <param name="inputs">Texts, pairs, words or conversations, without labels; any number, the command hands over small batches, to be computed at once.</param>
    /// <param name="cancellationToken">The user's wish to stop.</param>
    /// <returns>A prediction for each, in their order.</returns>
    /// <exception cref="PredictionInputException">The model is not asked with such inputs.</exception>
    IReadOnlyList<TextPrediction> Predict(IReadOnlyList<TextExample> inputs, CancellationToken cancellationToken);
}
