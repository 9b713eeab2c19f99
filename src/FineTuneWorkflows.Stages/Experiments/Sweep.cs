using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Journals;

namespace FineTuneWorkflows.Stages.Experiments;

/// <summary>A sweep under way: a run of its own, of which each trial's run is a part. Trials share what is up to date, and a sweep that was interrupted is taken up by the next.</summary>
/// <param name="plan">What it tries.</param>
/// <param name="home">The home.</param>
/// <param name="host">Runs the trials.</param>
/// <param name="time">The clock.</param>
public sealed class Sweep(SweepPlan plan, Home home, IExperimentHost host, TimeProvider time)
{
    /// <summary>Runs the trials, ranks the candidates, and runs the whole pipeline with the best one's values.</summary>
    /// <param name="whole">Whether the whole pipeline is run at the end.</param>
    /// <param name="observers">Are told of the sweep's own run.</param>
    public async Task<SweepResult> RunAsync(bool whole, IReadOnlyList<IRunObserver> observers)
    {
        var first = plan.Read([], true);
        using var session = RunSession.Open(home, RunIds.Next(time), first.Definition.Id, $"{first.Definition.Name} sweep", Properties(), observers, time: time, labels: plan.Labels);
        var parts = new PartRuns(session, host);
        var status = await TrialsAsync(session, parts).ConfigureAwait(false);
        var ranking = plan.Ranking();
        RunResult? last = null;
        if (status != RunStatus.Cancelled && ranking.Count > 0)
        {
            Record(session, ranking[0]);
            host.Ranked(ranking);
            if (whole)
                last = await WholeAsync(parts, ranking[0]).ConfigureAwait(false);
        }

        if (status == RunStatus.Succeeded)
            status = ranking.Count == 0 ? RunStatus.Failed : last?.Status ?? status;
        session.Finish(status, parts.Summaries);
        return new(status, ranking, last);
    }

    private Dictionary<string, object?> Properties()
    {
        var properties = new Dictionary<string, object?> { ["metric"] = plan.Metric, ["direction"] = plan.Minimize ? "minimize" : "maximize" };
        foreach (var group in plan.Candidates.SelectMany(c => c.Values).Concat(plan.Repeats.SelectMany(r => r)).GroupBy(v => v.Key, StringComparer.OrdinalIgnoreCase))
            properties[group.Key] = string.Join(",", group.Select(v => v.Value).Distinct(StringComparer.Ordinal));
        return properties;
    }

    private async Task<RunStatus> TrialsAsync(RunSession session, PartRuns parts)
    {
        var (all, number, status) = (plan.Trials().ToList(), 0, RunStatus.Succeeded);
        foreach (var trial in all)
        {
            var text = ParameterGrid.Text(trial.Values);
            host.Begins($"Trial {++number} of {all.Count}: {text}");
            var result = await parts.RunAsync(plan.Read(trial.Values, false), text).ConfigureAwait(false);
            if (result.Status == RunStatus.Cancelled)
                return RunStatus.Cancelled;
            if (result.Status == RunStatus.Failed)
                status = RunStatus.Failed;
            else if (result.Metrics().TryGetValue(plan.Metric, out var score))
            {
                trial.Candidate.Scores.Add(score);
                session.Publish(new RunMeasured(time.GetUtcNow(), number, new Dictionary<string, double> { [plan.Metric] = score }));
            }
        }

        return status;
    }

    private async Task<RunResult> WholeAsync(PartRuns parts, Candidate best)
    {
        IReadOnlyList<KeyValuePair<string, string>> values = [.. best.Values, .. plan.Repeats[0]];
        var text = ParameterGrid.Text(values);
        host.Begins($"The whole pipeline with the best: {text}");
        return await parts.RunAsync(plan.Read(values, true), $"best: {text}").ConfigureAwait(false);
    }

    private void Record(RunSession session, Candidate best)
    {
        var now = time.GetUtcNow();
        session.Publish(new RunTagged(now, best.Values.ToDictionary(v => $"best.{v.Key}", v => v.Value)));
        session.Publish(new RunMeasured(now, 0, new Dictionary<string, double> { [$"best/{plan.Metric}"] = best.Mean }));
    }
}
