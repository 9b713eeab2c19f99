using FineTuneWorkflows.Pipelines.Contract.Events;

namespace FineTuneWorkflows.Stages.Tracking;

/// <summary>
/// Where the runs of a process belong on a tracking server, as MLflow's variables say it: <c>MLFLOW_EXPERIMENT_NAME</c>, else <c>MLFLOW_EXPERIMENT_ID</c>; and <c>MLFLOW_RUN_ID</c>, the run there that
/// the first run of the process goes on. It is decided when a run begins and kept in its journal, so that it does not matter from where the run is delivered later.
/// </summary>
public sealed class TrackingDestination
{
    internal const string Experiment = "experiment";
    internal const string ExperimentId = "experimentId";
    internal const string RunId = "runId";

    private readonly Func<string, string?> variable;
    private bool given;

    /// <summary>Makes one for a process.</summary>
    /// <param name="oneRun">Whether the process is about one run, which <c>MLFLOW_RUN_ID</c> then concerns. Default: false.</param>
    /// <param name="variable">Looks a variable up. Default: in the environment.</param>
    public TrackingDestination(bool oneRun = false, Func<string, string?>? variable = null)
    {
        this.variable = variable ?? Environment.GetEnvironmentVariable;
        given = !oneRun;
    }

    /// <summary>The event with what is decided of it.</summary>
    public RunStarted Of(RunStarted started)
    {
        ArgumentNullException.ThrowIfNull(started);
        var decided = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Value("MLFLOW_EXPERIMENT_NAME") is { } name)
            decided[Experiment] = name;
        else if (Value("MLFLOW_EXPERIMENT_ID") is { } id)
            decided[ExperimentId] = id;
        if (!given && started.Parent is null && Value("MLFLOW_RUN_ID") is { } run)
            decided[RunId] = run;
        given |= started.Parent is null;
        return decided.Count == 0 ? started : started with { Tracking = decided };
    }

    private string? Value(string name) => variable(name) is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;
}
