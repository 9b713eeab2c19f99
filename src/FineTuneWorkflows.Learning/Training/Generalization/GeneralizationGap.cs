namespace FineTuneWorkflows.Learning.Training.Generalization;

/// <summary>A metric on examples that were trained on, and the same on held-out ones.</summary>
/// <param name="Metric">Its name, such as <c>loss</c> or <c>accuracy</c>.</param>
/// <param name="Training">On the training sample.</param>
/// <param name="Validation">On the validation data.</param>
public sealed record GeneralizationGap(string Metric, double Training, double Validation)
{
    /// <summary>How much better the model does on what it was trained on: above 0 where it overfits, whether the metric is
    /// better when low (loss, perplexity, ece) or when high.</summary>
    public double Gap => BestMetrics.IsLowerBetter("validation/" + Metric) ? Validation - Training : Training - Validation;
}
