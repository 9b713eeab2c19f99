using FineTuneWorkflows.Learning.Inference;

namespace FineTuneWorkflows.Stages.Prediction;

/// <summary>How a model's answers are given.</summary>
public sealed record PredictionOptions
{
    /// <summary>Whether probabilities of classes are those at the temperature that the training kept in <c>calibration.json</c>; default true. It never changes which class is predicted. False gives
    /// the model's own, which other tools get from the same weights.</summary>
    public bool Calibrated { get; init; } = true;

    /// <summary>How a model that writes texts chooses its words.</summary>
    public GenerationOptions Generation { get; init; } = new();
}
