namespace FineTuneWorkflows.Learning.Training;

/// <summary>The names of the validation metrics, by any of which the best checkpoint can be chosen where the task has it.</summary>
public static class BestMetrics
{
    /// <summary>Mean cross-entropy, in nats; lower is better. Every task has it.</summary>
    public const string Loss = "validation/loss";

    /// <summary>Share of right predictions, 0 to 1. Every task has it.</summary>
    public const string Accuracy = "validation/accuracy";

    /// <summary>Unweighted mean of the F1 of classes, or of kinds of entities, 0 to 1.</summary>
    public const string MacroF1 = "validation/f1_macro";

    /// <summary>Mean of the classes' F1, each counting by its examples, 0 to 1; of one class a sequence.</summary>
    public const string WeightedF1 = "validation/f1_weighted";

    /// <summary>F1 over all classes together, 0 to 1; of multi-label classification.</summary>
    public const string MicroF1 = "validation/f1_micro";

    /// <summary>Matthews' correlation coefficient, -1 to 1; of one class a sequence.</summary>
    public const string MatthewsCorrelation = "validation/mcc";

    /// <summary>Expected calibration error (15 bins), 0 to 1; lower is better. Of one class a sequence.</summary>
    public const string CalibrationError = "validation/ece";

    /// <summary>F1 of entities, 0 to 1; where tokens are classified.</summary>
    public const string EntityF1 = "validation/f1";

    /// <summary>Share of found entities that are right, 0 to 1; where tokens are classified.</summary>
    public const string EntityPrecision = "validation/precision";

    /// <summary>Share of entities that are found, 0 to 1; where tokens are classified.</summary>
    public const string EntityRecall = "validation/recall";

    /// <summary>e to the loss of a token; lower is better. Of language models.</summary>
    public const string Perplexity = "validation/perplexity";

    private static readonly string[] LowerIsBetter = [Loss, CalibrationError, Perplexity];

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> All { get; } =
        [Loss, Accuracy, MacroF1, WeightedF1, MicroF1, MatthewsCorrelation, CalibrationError, EntityF1, EntityPrecision, EntityRecall, Perplexity];

    /// <summary>Whether a metric is better when low, not when high.</summary>
    /// <param name="metric">One of <see cref="All"/>.</param>
    public static bool IsLowerBetter(string metric) => LowerIsBetter.Contains(metric);

    internal static bool IsBetter(string metric, double value, double best) => IsLowerBetter(metric) ? value < best : value > best;
}
