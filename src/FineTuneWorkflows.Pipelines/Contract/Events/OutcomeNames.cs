namespace FineTuneWorkflows.Pipelines.Contract.Events;

/// <summary>Outcomes and statuses as users and JSON see them.</summary>
public static class OutcomeNames
{
    /// <summary><c>executed</c>, <c>up-to-date</c>, <c>failed</c>, <c>skipped</c> or <c>cancelled</c>.</summary>
    public static string Name(this StageOutcome outcome) => outcome switch
    {
        StageOutcome.Executed => "executed",
        StageOutcome.UpToDate => "up-to-date",
        StageOutcome.Failed => "failed",
        StageOutcome.Skipped => "skipped",
        StageOutcome.Cancelled => "cancelled",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    /// <summary><c>succeeded</c>, <c>failed</c> or <c>cancelled</c>.</summary>
    public static string Name(this RunStatus status) => status switch
    {
        RunStatus.Succeeded => "succeeded",
        RunStatus.Failed => "failed",
        RunStatus.Cancelled => "cancelled",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };
}
