namespace FineTuneWorkflows.Tracking.Mlflow.Entities;

/// <summary>A parameter of a run or logged model; on the server it never changes.</summary>
/// <param name="Key">The key, at most 250 characters.</param>
/// <param name="Value">The value, at most 6000 characters.</param>
public sealed record MlflowParam(string Key, string Value);
