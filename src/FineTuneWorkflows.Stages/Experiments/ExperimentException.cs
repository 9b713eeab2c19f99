namespace FineTuneWorkflows.Stages.Experiments;

/// <summary>An experiment cannot be made of what was asked for; the message says what would be right.</summary>
/// <param name="message">What is wrong.</param>
public sealed class ExperimentException(string message) : Exception(message);
