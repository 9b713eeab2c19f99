namespace FineTuneWorkflows.Tracking.Registry;

/// <summary>What one condition of a gate said.</summary>
/// <param name="Condition">The condition, as written but for spaces.</param>
/// <param name="Holds">Whether it holds.</param>
/// <param name="Explanation">Why, in words, with the numbers compared.</param>
public sealed record GateConditionResult(string Condition, bool Holds, string Explanation);
