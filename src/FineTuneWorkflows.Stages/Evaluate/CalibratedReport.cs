using FineTuneWorkflows.Learning.Metrics;

namespace FineTuneWorkflows.Stages.Evaluate;

/// <summary>What a model's temperature makes of its probabilities on the test data. Which class is predicted does not change, so nor do accuracy and F1.</summary>
/// <param name="Temperature">What the logits are divided by, as fitted on the validation data.</param>
/// <param name="LossBefore">The mean negative log-likelihood at temperature 1, in nats.</param>
/// <param name="LossAfter">The same at <paramref name="Temperature"/>.</param>
/// <param name="ErrorBefore">The expected calibration error at temperature 1.</param>
/// <param name="ErrorAfter">The same at <paramref name="Temperature"/>.</param>
/// <param name="Calibration">The bins of <paramref name="ErrorAfter"/>; those of <paramref name="ErrorBefore"/> are in the report.</param>
internal sealed record CalibratedReport(double Temperature, double LossBefore, double LossAfter, double ErrorBefore, double ErrorAfter, IReadOnlyList<CalibrationBin> Calibration)
{
    public static CalibratedReport Of(double temperature, ClassificationReport before, ClassificationReport after) =>
        new(temperature, before.Loss, after.Loss, before.CalibrationError, after.CalibrationError, after.Calibration);

    /// <summary>The figures by name; those before are in the report's own, <c>test/ece</c> and <c>test/loss</c>.</summary>
    public IReadOnlyDictionary<string, double> ToMetrics() => new SortedDictionary<string, double>(StringComparer.Ordinal)
    {
        ["test/temperature"] = Temperature,
        ["test/ece_calibrated"] = ErrorAfter,
        ["test/loss_calibrated"] = LossAfter,
    };
}
