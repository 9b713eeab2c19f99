namespace FineTuneWorkflows.Tracking.Registry;

/// <summary>How a condition of a gate compares a metric with its bound.</summary>
public enum GateComparison
{
    /// <summary><c>&gt;=</c></summary>
    AtLeast,

    /// <summary><c>&gt;</c></summary>
    GreaterThan,

    /// <summary><c>&lt;=</c></summary>
    AtMost,

    /// <summary><c>&lt;</c></summary>
    LessThan,
}
