using FineTuneWorkflows.Learning.Calibration;
using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Training;
using FineTuneWorkflows.Learning.Training.Generalization;
using FineTuneWorkflows.Learning.Training.Tasks;
using FineTuneWorkflows.Pipelines.Contract;

namespace FineTuneWorkflows.Stages.FineTune;

/// <summary>What a training with validation data ends with: the generalization gap, and the calibration of a text classifier.</summary>
internal static class ClosingReport
{
    /// <summary>Measures, logs and notes both, and keeps the calibration in the model's folder.</summary>
    public static void Write(
        StageContext context, string folder, LanguageModel model, ISequenceDataset training, ISequenceDataset validation, TrainingResult result,
        TrainingOptions options, MaskingOptions? masking, CancellationToken cancellationToken)
    {
        var report = GeneralizationReport.Measure(model, training, validation, result, options, masking, cancellationToken, context.Note);
        context.LogMetrics([.. report.ToMetrics()], result.BestStep);
        context.Note($"{report}");
        if (!ModelCalibration.Suits(model))
            return;
        var calibration = ModelCalibration.Fit(model, validation, options.BatchSize, options.Threads, cancellationToken, context.Note);
        calibration.Save(folder);
        context.LogMetrics(
            [
                new("calibration/temperature", calibration.Temperature), new("calibration/validation_ece", calibration.ErrorBefore),
                new("calibration/validation_ece_calibrated", calibration.ErrorAfter),
            ],
            result.BestStep);
        context.Note(calibration.Temperature == 1
            ? FormattableString.Invariant($"calibration error {calibration.ErrorBefore:0.0000} on the validation data, which no temperature lowers")
            : FormattableString.Invariant($"temperature {calibration.Temperature:0.000} lowers the calibration error on the validation data from {calibration.ErrorBefore:0.0000} to {calibration.ErrorAfter:0.0000}"));
    }
}
