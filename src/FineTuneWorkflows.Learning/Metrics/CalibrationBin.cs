namespace FineTuneWorkflows.Learning.Metrics;

/// <summary>The examples whose predicted class was given a probability within one range: a point of a reliability diagram.</summary>
/// <param name="Count">How many examples.</param>
/// <param name="Confidence">The mean probability that the predicted class was given; 0 without examples.</param>
/// <param name="Accuracy">The share predicted rightly; 0 without examples.</param>
public sealed record CalibrationBin(int Count, double Confidence, double Accuracy);
