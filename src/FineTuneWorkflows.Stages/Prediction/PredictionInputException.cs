using FineTuneWorkflows.Pipelines.Contract;

namespace FineTuneWorkflows.Stages.Prediction;

/// <summary>A model was asked with something that it cannot be asked with; the message names the model, the option and what would be right.</summary>
/// <param name="message">The message.</param>
public sealed class PredictionInputException(string message) : StageException(message);
