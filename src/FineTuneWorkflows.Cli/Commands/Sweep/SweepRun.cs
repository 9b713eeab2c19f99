using System.Globalization;
using FineTuneWorkflows.Cli.Commands.Run;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Rendering;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Pipelines.Journals;

namespace FineTuneWorkflows.Cli.Commands.Sweep;

/// <summary>A sweep under way: a run of its own, of which each trial's run is a part. Trials share what is up to date, and a sweep that was interrupted is taken up by the next.</summary>
internal sealed class SweepRun(SweepPlan plan, OpenHome open, CommandContext context)
{
    /// <summary>Runs the trials, ranks the candidates, and runs the whole pipeline with the best one's values.</summary>
    public async Task<RunStatus> RunAsync(bool whole)
    {
        var first = plan.Read([], true);
        var name = $"{first.Definition.Name} sweep";
        var runId = RunIds.Next(context.Host.Time);
        await using var observers = RunObservers.Of(context, open.Home, open.Services);
        using var session = RunSession.Open(open.Home, runId, first.Definition.Id, name, Properties(), observers.All, time: context.Host.Time, labels: plan.Labels);
        var children = new ChildRuns(session, open, context);
        var status = await TrialsAsync(session, children).ConfigureAwait(false);
        var ranking = plan.Ranking();
        if (status != RunStatus.Cancelled)
            Report(session, ranking);
        if (status != RunStatus.Cancelled && ranking.Count == 0)
            context.Console.Error.WriteLine($"error: no trial has the metric {plan.Metric}; set --metric, or look at `{context.Console.CommandName()} runs show latest`");
        else if (whole && status != RunStatus.Cancelled)
            status = await WholeAsync(children, ranking[0]).ConfigureAwait(false) is var last && status == RunStatus.Succeeded ? last : status;
        var end = ranking.Count == 0 && status == RunStatus.Succeeded ? RunStatus.Failed : status;
        session.Finish(end, children.Summaries);
        return end;
    }

    private Dictionary<string, object?> Properties()
    {
        var properties = new Dictionary<string, object?> { ["metric"] = plan.Metric, ["direction"] = plan.Minimize ? "minimize" : "maximize" };
        foreach (var group in plan.Candidates.SelectMany(c => c.Values).Concat(plan.Repeats.SelectMany(r => r)).GroupBy(v => v.Key, StringComparer.OrdinalIgnoreCase))
            properties[group.Key] = string.Join(",", group.Select(v => v.Value).Distinct(StringComparer.Ordinal));
        return properties;
    }

    private async Task<RunStatus> TrialsAsync(RunSession session, ChildRuns children)
    {
        var (all, number, status) = (plan.Trials().ToList(), 0, RunStatus.Succeeded);
        foreach (var trial in all)
        {
            var text = Grid.Text(trial.Values);
            context.Ink.WriteText(context.Out, $"Trial {++number} of {all.Count}: {text}");
            var result = await children.RunAsync(plan.Read(trial.Values, false), text).ConfigureAwait(false);
            if (result.Status == RunStatus.Cancelled)
                return RunStatus.Cancelled;
            if (result.Status == RunStatus.Failed)
                status = RunStatus.Failed;
            else if (result.Metrics().TryGetValue(plan.Metric, out var score))
            {
                trial.Candidate.Scores.Add(score);
                session.Publish(new RunMeasured(context.Host.Time.GetUtcNow(), number, new Dictionary<string, double> { [plan.Metric] = score }));
            }
        }

        return status;
    }

    private async Task<RunStatus> WholeAsync(ChildRuns children, Candidate best)
    {
        IReadOnlyList<KeyValuePair<string, string>> values = [.. best.Values, .. plan.Repeats[0]];
        context.Out.WriteLine();
        context.Ink.WriteText(context.Out, $"The whole pipeline with the best: {Grid.Text(values)}");
        var result = await children.RunAsync(plan.Read(values, true), $"best: {Grid.Text(values)}").ConfigureAwait(false);
        if (context.Verbosity != Parsing.Verbosity.Quiet)
            RunReport.Write(result, context, open.Engine.Artifacts.PathOf, open.Shared(context));
        return result.Status;
    }

    private void Report(RunSession session, IReadOnlyList<Candidate> ranking)
    {
        if (ranking.Count == 0)
            return;
        var table = new TextTable(["", .. ranking[0].Values.Select(v => v.Key), plan.Metric, "deviation", "trials"]);
        table.AlignRight([.. Enumerable.Range(ranking[0].Values.Count + 1, 3)]).Cut([.. Enumerable.Range(1, ranking[0].Values.Count)]).LeaveOut(ranking[0].Values.Count + 3, ranking[0].Values.Count + 2);
        for (var i = 0; i < ranking.Count; i++)
            table.Add([(i + 1).ToString(CultureInfo.InvariantCulture), .. ranking[i].Values.Select(v => (TextTable.Cell)v.Value), Words.Number(ranking[i].Mean),
                double.IsNaN(ranking[i].Deviation) ? "" : Words.Number(ranking[i].Deviation), ranking[i].Scores.Count.ToString(CultureInfo.InvariantCulture)]);
        context.Out.WriteLine();
        table.Write(context.Out, context.Ink);
        var time = context.Host.Time.GetUtcNow();
        session.Publish(new RunTagged(time, ranking[0].Values.ToDictionary(v => $"best.{v.Key}", v => v.Value)));
        session.Publish(new RunMeasured(time, 0, new Dictionary<string, double> { [$"best/{plan.Metric}"] = ranking[0].Mean }));
    }
}
