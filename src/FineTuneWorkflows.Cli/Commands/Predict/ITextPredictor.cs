using FineTuneWorkflows.Stages.Prediction;

namespace FineTuneWorkflows.Cli.Commands.Predict;

/// <summary>A fine-tuned model, ready to say what texts are.</summary>
public interface ITextPredictor : IDisposable
{
    /// <summary>Predicts one text after the other.</summary>
    /// <param name="texts">Any number; the command hands over small batches.</param>
    /// <param name="cancellationToken">The user's wish to stop.</param>
    /// <returns>A prediction for each text, in their order.</returns>
    IReadOnlyList<TextPrediction> Predict(IReadOnlyList<string> texts, CancellationToken cancellationToken);
}
