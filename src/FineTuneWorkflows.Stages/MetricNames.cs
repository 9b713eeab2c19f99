using FineTuneWorkflows.Learning.Training;
using FineTuneWorkflows.Stages.Evaluate;
using FineTuneWorkflows.Text.Datasets;

namespace FineTuneWorkflows.Stages;

/// <summary>The names of the metrics that stages log, for all tasks together: which task it is shows when the data are read.</summary>
internal static class MetricNames
{
    private const string Validation = "validation/";

    // What evaluation knows besides what validation does.
    private static readonly string[] OnlyTested =
    [
        "accuracy_low", "accuracy_high", "f1_macro_low", "f1_macro_high", "precision_macro", "recall_macro", "tag_accuracy", "temperature", "ece_calibrated", "loss_calibrated",
    ];

    private static readonly string[] OfSteps =
    [
        "train/loss", "train/learning_rate", "train/gradient_norm", "train/tokens_per_second", "train/padding_share", "train/mfu", "train/seconds_left", "train/epoch_loss",
    ];

    private static readonly string[] OfCalibration = ["calibration/temperature", "calibration/validation_ece", "calibration/validation_ece_calibrated"];

    private static IEnumerable<string> Validated => BestMetrics.All.Select(name => name[Validation.Length..]);

    /// <summary>Of a training.</summary>
    public static IReadOnlyCollection<string> OfTraining { get; } = new HashSet<string>(
        [
            .. OfSteps, .. OfCalibration,
            .. Validated.SelectMany(name => (string[])[$"validation/{name}", $"best_validation/{name}", $"generalization/training/{name}", $"generalization/validation/{name}", $"generalization/gap/{name}"]),
        ],
        StringComparer.Ordinal);

    /// <summary>Of an evaluation, with a baseline or without.</summary>
    public static IReadOnlyCollection<string> OfEvaluation { get; } =
        new HashSet<string>([.. Validated.Concat(OnlyTested).SelectMany(name => (string[])[$"test/{name}", $"baseline/{name}"]), Verdict.PredictedClasses], StringComparer.Ordinal);

    /// <summary>Of each split: <c>data/train_rows</c> and so on.</summary>
    public static IReadOnlyCollection<string> OfSplits(params string[] names) => [.. Enum.GetValues<SplitName>().SelectMany(split => names.Select(name => $"data/{split.ToText()}_{name}"))];
}
