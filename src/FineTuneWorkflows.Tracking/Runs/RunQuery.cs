using FineTuneWorkflows.Tracking.Events;

namespace FineTuneWorkflows.Tracking.Runs;

/// <summary>Which runs to list. Filters that are null do not filter; those that are set must all hold.</summary>
public sealed record RunQuery
{
    /// <summary>Only runs with this name; <c>*</c> stands for any characters, and case does not count.</summary>
    public string? Name { get; init; }

    /// <summary>Only runs with this status.</summary>
    public RunStatus? Status { get; init; }

    /// <summary>Only runs of this experiment.</summary>
    public string? Experiment { get; init; }

    /// <summary>Only the children of this run, by its full id.</summary>
    public string? ParentRunId { get; init; }

    /// <summary>Leave out runs that are part of another. Default: false.</summary>
    public bool TopLevelOnly { get; init; }

    /// <summary>At most this many, newest first. Default: 50. Not negative.</summary>
    public int Limit { get; init; } = 50;
}
