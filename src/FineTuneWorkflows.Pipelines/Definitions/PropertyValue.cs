namespace FineTuneWorkflows.Pipelines.Definitions;

/// <summary>A property's value in a run.</summary>
/// <param name="Value">The typed value.</param>
/// <param name="IsGiven">Whether the user gave it, rather than the definition.</param>
/// <param name="Folder">What it counts from where it is a relative path.</param>
public sealed record PropertyValue(object? Value, bool IsGiven, string Folder);
