using FineTuneWorkflows.Cli.Commands.Sweep;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Rendering;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Pipelines.Journals;

namespace FineTuneWorkflows.Cli.Commands.CrossValidate;

/// <summary>A cross-validation under way: a run of its own, of which each fold's run is a part. A fold that is up to date is not computed again.</summary>
internal sealed class CrossValidationRun(IReadOnlyList<Pipeline> folds, RunLabels labels, OpenHome open, CommandContext context)
{
    public async Task<RunStatus> RunAsync()
    {
        var first = folds[0];
        var time = context.Host.Time;
        var runId = RunIds.Next(time);
        await using var observers = RunObservers.Of(context, open.Home, open.Services);
        using var session = RunSession.Open(
            open.Home, runId, first.Definition.Id, $"{first.Definition.Name} cross-validation", new Dictionary<string, object?> { [CrossValidateCommand.Folds] = folds.Count }, observers.All, time: time, labels: labels);
        var children = new ChildRuns(session, open, context);
        var scores = new FoldScores();
        var status = RunStatus.Succeeded;
        for (var fold = 0; fold < folds.Count && status != RunStatus.Cancelled; fold++)
        {
            context.Out.WriteLine($"Fold {fold + 1} of {folds.Count}");
            var result = await children.RunAsync(folds[fold], $"fold {fold} of {folds.Count}").ConfigureAwait(false);
            if (result.Status == RunStatus.Succeeded)
                scores.Add(result.Metrics());
            else
                status = result.Status == RunStatus.Cancelled ? result.Status : RunStatus.Failed;
        }

        if (status != RunStatus.Cancelled && scores.Count > 0)
            Report(session, scores);
        session.Finish(status, children.Summaries);
        return status;
    }

    private void Report(RunSession session, FoldScores scores)
    {
        var rows = scores.Rows();
        var table = new TextTable("metric", "mean", "deviation", "least", "greatest").AlignRight(1, 2, 3, 4).LeaveOut(3, 4).Cut(0);
        foreach (var row in rows)
            table.Add(row.Metric, Words.Number(row.Mean), double.IsNaN(row.Deviation) ? "" : Words.Number(row.Deviation), Words.Number(row.Least), Words.Number(row.Most));
        context.Out.WriteLine();
        context.Out.WriteLine($"{scores.Count} of {Words.Count(folds.Count, "fold")}");
        table.Write(context.Out, context.Ink);
        var metrics = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            metrics[$"mean/{row.Metric}"] = row.Mean;
            if (!double.IsNaN(row.Deviation))
                metrics[$"deviation/{row.Metric}"] = row.Deviation;
        }

        session.Publish(new RunMeasured(context.Host.Time.GetUtcNow(), 0, metrics));
    }
}
