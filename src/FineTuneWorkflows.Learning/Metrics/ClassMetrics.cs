namespace FineTuneWorkflows.Learning.Metrics;

/// <summary>How well one class is told from the others. A ratio without a denominator is 0, as in scikit-learn.</summary>
/// <param name="Name">The class's name.</param>
/// <param name="Precision">Of the examples predicted as this class, the share that is.</param>
/// <param name="Recall">Of the examples of this class, the share that was predicted as it.</param>
/// <param name="F1">The harmonic mean of the two.</param>
/// <param name="Support">The number of examples of this class.</param>
public sealed record ClassMetrics(string Name, double Precision, double Recall, double F1, int Support);
