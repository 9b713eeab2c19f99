namespace FineTuneWorkflows.Learning.Training;

/// <summary>The names of the validation metrics by which the best checkpoint can be chosen.</summary>
public static class BestMetrics
{
    /// <summary>Mean cross-entropy; lower is better.</summary>
    public const string Loss = "validation/loss";

    /// <summary>Share of right predictions.</summary>
    public const string Accuracy = "validation/accuracy";

    /// <summary>Unweighted mean of the classes' F1.</summary>
    public const string MacroF1 = "validation/f1_macro";

    /// <summary>F1 of entities, where tokens are classified.</summary>
    public const string EntityF1 = "validation/f1";

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> All { get; } = [Loss, Accuracy, MacroF1, EntityF1];

    internal static bool IsBetter(string metric, double value, double best) => metric == Loss ? value < best : value > best;
}
