namespace FineTuneWorkflows.Tracking.Mlflow.Entities;

/// <summary>A key and a value of a run, experiment, model or version.</summary>
/// <param name="Key">The key, at most 250 characters.</param>
/// <param name="Value">The value; runs take 8000 characters.</param>
public sealed record MlflowTag(string Key, string Value);
