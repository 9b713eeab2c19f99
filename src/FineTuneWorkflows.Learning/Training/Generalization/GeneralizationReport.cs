using System.Globalization;
using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Training.Tasks;

namespace FineTuneWorkflows.Learning.Training.Generalization;

/// <summary>
/// The closing report of a training: what the best epoch's weights reach on examples they were trained on beside what they reach on the validation data,
/// both without dropout. The training loss that is logged at each step is another thing: with dropout, label smoothing and weights that still changed.
/// </summary>
/// <param name="TrainingCount">The number of training examples that were measured.</param>
/// <param name="TrainingTotal">The number of training examples there are.</param>
/// <param name="ValidationCount">The number of validation examples.</param>
/// <param name="Gaps">Each metric of the task, in ordinal order of names.</param>
public sealed record GeneralizationReport(int TrainingCount, int TrainingTotal, int ValidationCount, IReadOnlyList<GeneralizationGap> Gaps)
{
    private const string ValidationPrefix = "validation/";

    /// <summary>Measures a model that was trained with validation data.</summary>
    /// <param name="model">The model with the weights of <paramref name="result"/>.</param>
    /// <param name="training">The training data; of it a sample as large as the validation data is drawn from the seed, or all where there is no more.</param>
    /// <param name="validation">The validation data.</param>
    /// <param name="result">What the training came to.</param>
    /// <param name="options">Batch size, seed and threads.</param>
    /// <param name="masking">How tokens are masked; for masked language modeling alone.</param>
    /// <param name="cancellation">Ends the work between batches.</param>
    /// <param name="note">Hears when batches are halved as memory ran out.</param>
    /// <exception cref="ArgumentException">The training had no validation data.</exception>
    public static GeneralizationReport Measure(
        LanguageModel model, ISequenceDataset training, ISequenceDataset validation, TrainingResult result, TrainingOptions options,
        MaskingOptions? masking = null, CancellationToken cancellation = default, Action<string>? note = null)
    {
        if (result.Metrics.Count == 0)
            throw new ArgumentException("The training had no validation data to compare with.", nameof(result));
        var sample = new SequenceSample(training, validation.Count, options.Seed);
        IReadOnlyDictionary<string, double> learned = Trainer.Measure(model, sample, options.BatchSize, options.Seed, options.Threads, masking, cancellation, note);
        GeneralizationGap[] gaps =
        [
            .. result.Metrics.Select(pair => (Name: pair.Key[ValidationPrefix.Length..], pair.Value)).OrderBy(metric => metric.Name, StringComparer.Ordinal)
                .Select(metric => new GeneralizationGap(metric.Name, learned[metric.Name], metric.Value)),
        ];
        return new GeneralizationReport(sample.Count, training.Count, validation.Count, gaps);
    }

    /// <summary>The figures by name, for logging: <c>generalization/training/loss</c>, <c>generalization/validation/loss</c>,
    /// <c>generalization/gap/loss</c> and so on for each metric.</summary>
    public IReadOnlyDictionary<string, double> ToMetrics()
    {
        var metrics = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (GeneralizationGap gap in Gaps)
        {
            metrics["generalization/training/" + gap.Metric] = gap.Training;
            metrics["generalization/validation/" + gap.Metric] = gap.Validation;
            metrics["generalization/gap/" + gap.Metric] = gap.Gap;
        }
        return metrics;
    }

    /// <summary>The report in one line.</summary>
    public override string ToString() =>
        $"generalization gap, without dropout ({TrainingCount} of {TrainingTotal} training texts, {ValidationCount} for validation): "
        + string.Join(", ", Gaps.Select(gap => string.Create(
            CultureInfo.InvariantCulture, $"{gap.Metric} {gap.Training:0.0000} in training, {gap.Validation:0.0000} in validation, gap {gap.Gap:0.0000}")));
}
