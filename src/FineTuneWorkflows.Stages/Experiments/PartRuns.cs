using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Pipelines.Journals;

namespace FineTuneWorkflows.Stages.Experiments;

/// <summary>Runs that are parts of one run, one after the other. What is up to date they share.</summary>
internal sealed class PartRuns(RunSession session, IExperimentHost host)
{
    private readonly List<RunSummary.Stage> summaries = [];

    /// <summary>A line for each run so far, for the summary of the run that they are parts of.</summary>
    public IReadOnlyList<RunSummary.Stage> Summaries => summaries;

    public async Task<RunResult> RunAsync(Pipeline pipeline, string name)
    {
        var result = await host.RunAsync(pipeline, name, session.RunId).ConfigureAwait(false);
        summaries.Add(new(name, "trial", OutcomeOf(result).Name(), Math.Round(result.Stages.Sum(s => s.Result.Seconds), 3), $"run {result.RunId}", new Dictionary<string, string>()));
        return result;
    }

    private static StageOutcome OutcomeOf(RunResult result) => result.Status switch
    {
        RunStatus.Failed => StageOutcome.Failed,
        RunStatus.Cancelled => StageOutcome.Cancelled,
        _ => result.Stages.Any(s => s.Result.Outcome == StageOutcome.Executed) ? StageOutcome.Executed : StageOutcome.UpToDate,
    };
}
