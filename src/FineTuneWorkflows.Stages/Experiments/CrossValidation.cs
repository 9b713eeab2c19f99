using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Journals;

namespace FineTuneWorkflows.Stages.Experiments;

/// <summary>A cross-validation under way: a run of its own, of which each fold's run is a part. A fold that is up to date is not computed again.</summary>
/// <param name="folds">The pipeline of each fold.</param>
/// <param name="labels">What the run is called, and what is said of it.</param>
/// <param name="home">The home.</param>
/// <param name="host">Runs the folds.</param>
/// <param name="time">The clock.</param>
public sealed class CrossValidation(IReadOnlyList<Pipeline> folds, RunLabels labels, Home home, IExperimentHost host, TimeProvider time)
{
    /// <summary>The properties that a definition has, or the parameters of one of its stages: the number of folds, and the one to validate on.</summary>
    public const string Folds = "Folds", Fold = "Fold";

    /// <summary>Runs the folds, and keeps mean and standard deviation of what they measure.</summary>
    /// <param name="observers">Are told of the cross-validation's own run.</param>
    public async Task<CrossValidationResult> RunAsync(IReadOnlyList<IRunObserver> observers)
    {
        var first = folds[0];
        using var session = RunSession.Open(
            home, RunIds.Next(time), first.Definition.Id, $"{first.Definition.Name} cross-validation", new Dictionary<string, object?> { [Folds] = folds.Count }, observers, time: time, labels: labels);
        var parts = new PartRuns(session, host);
        var scores = new FoldScores();
        var status = RunStatus.Succeeded;
        for (var fold = 0; fold < folds.Count && status != RunStatus.Cancelled; fold++)
        {
            host.Begins($"Fold {fold + 1} of {folds.Count}");
            var result = await parts.RunAsync(folds[fold], $"fold {fold} of {folds.Count}").ConfigureAwait(false);
            if (result.Status == RunStatus.Succeeded)
                scores.Add(result.Metrics());
            else
                status = result.Status;
        }

        if (status != RunStatus.Cancelled && scores.Count > 0)
            session.Publish(new RunMeasured(time.GetUtcNow(), 0, Metrics(scores)));
        session.Finish(status, parts.Summaries);
        return new(status, scores);
    }

    private static Dictionary<string, double> Metrics(FoldScores scores)
    {
        var metrics = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var row in scores.Rows())
        {
            metrics[$"mean/{row.Metric}"] = row.Mean;
            if (!double.IsNaN(row.Deviation))
                metrics[$"deviation/{row.Metric}"] = row.Deviation;
        }

        return metrics;
    }
}
