namespace FineTuneWorkflows.Learning.Metrics;

/// <summary>Precision, recall and F1 averaged over classes.</summary>
/// <param name="Precision">The averaged precision.</param>
/// <param name="Recall">The averaged recall.</param>
/// <param name="F1">The averaged F1 (the mean of the classes' F1, not the F1 of the means).</param>
public sealed record AveragedMetrics(double Precision, double Recall, double F1);
