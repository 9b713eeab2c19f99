using System.Text.Json.Serialization;

namespace FineTuneWorkflows.Tracking.Mlflow.Entities;

/// <summary>Where a run stands, in MLflow's words.</summary>
public enum MlflowRunStatus
{
    /// <summary>It has started.</summary>
    [JsonStringEnumMemberName("RUNNING")]
    Running = 1,

    /// <summary>It waits to be started.</summary>
    [JsonStringEnumMemberName("SCHEDULED")]
    Scheduled,

    /// <summary>It did what it was asked to.</summary>
    [JsonStringEnumMemberName("FINISHED")]
    Finished,

    /// <summary>It ended with an error.</summary>
    [JsonStringEnumMemberName("FAILED")]
    Failed,

    /// <summary>It was cancelled, or its process died.</summary>
    [JsonStringEnumMemberName("KILLED")]
    Killed,
}
