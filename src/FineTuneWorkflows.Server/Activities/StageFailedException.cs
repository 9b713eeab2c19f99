namespace FineTuneWorkflows.Server.Activities;

/// <summary>A stage failed; becomes the incident that the designer shows.</summary>
/// <param name="stage">The stage's name.</param>
/// <param name="reason">The stage's own message.</param>
public sealed class StageFailedException(string stage, string reason) : Exception($"{stage} failed: {reason}");
