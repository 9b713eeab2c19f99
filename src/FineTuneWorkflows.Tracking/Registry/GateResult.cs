namespace FineTuneWorkflows.Tracking.Registry;

/// <summary>What a gate said of a candidate.</summary>
/// <param name="Holds">True when every condition holds.</param>
/// <param name="Conditions">Each condition, in the order they are written.</param>
public sealed record GateResult(bool Holds, IReadOnlyList<GateConditionResult> Conditions)
{
    /// <summary>Why, in words: the conditions that failed, or, where none did, all of them.</summary>
    public string Explanation =>
        string.Join("; ", Conditions.Where(condition => condition.Holds == Holds).Select(condition => condition.Explanation));
}
