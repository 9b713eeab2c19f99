namespace FineTuneWorkflows.Tracking.Events;

/// <summary>
/// Parameters of a run. A parameter never changes: the first value of a key stays, the same value again is nothing new, and another
/// value is kept as the tag <c>parameter_changed/KEY</c>, because MLflow refuses to change a parameter.
/// </summary>
/// <param name="RunId">The run's local id.</param>
/// <param name="Parameters">Keys and values, such as <c>fine-tune.LearningRate</c> and <c>2E-05</c>.</param>
public sealed record ParametersLogged(string RunId, IReadOnlyList<KeyValuePair<string, string>> Parameters) : TrackingEvent(RunId);
