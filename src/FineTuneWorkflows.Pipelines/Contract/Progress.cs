namespace FineTuneWorkflows.Pipelines.Contract;

/// <summary>How far a running stage is; shown live, not kept.</summary>
/// <param name="Completed">Units done.</param>
/// <param name="Total">Units in all, or null where that is not known.</param>
/// <param name="Unit">What is counted: <c>rows</c>, <c>steps</c>, <c>bytes</c>.</param>
/// <param name="Detail">What else matters now, such as <c>loss 0.4312  rate 1.9e-05</c>.</param>
public readonly record struct Progress(long Completed, long? Total, string Unit, string? Detail = null);
