using FineTuneWorkflows.Cli.Commands.Run;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Pipelines.Journals;

namespace FineTuneWorkflows.Cli.Commands.Sweep;

/// <summary>Runs that are parts of one run, one after the other. What is up to date they share.</summary>
internal sealed class ChildRuns(RunSession session, OpenHome open, CommandContext context)
{
    private readonly List<RunSummary.Stage> summaries = [];

    /// <summary>A line for each run so far, for the summary of the run that they are parts of.</summary>
    public List<RunSummary.Stage> Summaries => summaries;

    public async Task<RunResult> RunAsync(Pipeline pipeline, string name)
    {
        RunResult result;
        await using (var hosted = RunObservers.Of(context, open.Home, open.Services))
        await using (var console = ConsoleObserver.Create(pipeline, context, asJson: false))
            result = await open.Engine.Runner.RunAsync(pipeline, new() { Labels = new() { Name = name }, Parent = session.RunId, BeforeFirst = Preflight.Of(pipeline) }, [console, .. hosted.All], context.CancellationToken).ConfigureAwait(false);
        RunReport.WriteFailures(result, context);
        var executed = result.Stages.Any(s => s.Result.Outcome == StageOutcome.Executed);
        summaries.Add(new(
            name, "trial", (result.Status == RunStatus.Failed ? StageOutcome.Failed : result.Status == RunStatus.Cancelled ? StageOutcome.Cancelled : executed ? StageOutcome.Executed : StageOutcome.UpToDate).Name(),
            Math.Round(result.Stages.Sum(s => s.Result.Seconds), 3), $"run {result.RunId}", new Dictionary<string, string>()));
        return result;
    }
}
