namespace FineTuneWorkflows.Pipelines.Execution;

/// <summary>What a run would do with a stage.</summary>
public enum PlannedAction
{
    /// <summary>Nothing: it is up to date.</summary>
    Reuse,

    /// <summary>Execute it.</summary>
    Execute,

    /// <summary>Decide when the stages above it have made its inputs; if these come out unchanged, it is up to date.</summary>
    Depends,

    /// <summary>Leave it out.</summary>
    Skip,

    /// <summary>Fail: an input file is missing or cannot be read.</summary>
    Fail,
}
