using System.Globalization;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Journals;
using FineTuneWorkflows.Tracking.Events;
using FineTuneWorkflows.Tracking.Models;
using DatasetUsed = FineTuneWorkflows.Pipelines.Journals.DatasetUsed;
using MetricsLogged = FineTuneWorkflows.Pipelines.Journals.MetricsLogged;
using RunResumed = FineTuneWorkflows.Pipelines.Journals.RunResumed;
using RunStarted = FineTuneWorkflows.Pipelines.Journals.RunStarted;
using RunStatus = FineTuneWorkflows.Tracking.Events.RunStatus;
using Tracked = FineTuneWorkflows.Tracking.Events;

namespace FineTuneWorkflows.Stages.Tracking;

/// <summary>Says in the tracking outbox's words what a journal says.</summary>
internal sealed class JournalTranslator(Home home)
{
    // Reports and figures are sent along; predictions hold the texts themselves, and data sets and tokens are the data: these stay here.
    private static readonly string[] SentFiles = ["report.json", "baseline.json", "metrics.json", "registration.json"];

    public IEnumerable<Tracked.TrackingEvent> Translate(string runId, RunEvent happened) => happened switch
    {
        RunStarted started => Started(runId, started),
        RunResumed resumed => [new Tracked.RunResumed(runId, resumed.Time)],
        StageStarted stage => [new Tracked.ParametersLogged(runId, [.. stage.Parameters.Select(p => KeyValuePair.Create($"{stage.StageId}.{p.Key}", p.Value))])],
        MetricsLogged metrics => [Metrics(runId, metrics.Values, metrics.Step, metrics.Time)],
        TagSet tag => [new Tracked.TagsSet(runId, [new(tag.Key, tag.Value)])],
        DatasetUsed dataset => [new Tracked.DatasetUsed(runId, dataset.Name, dataset.Digest, dataset.Source, dataset.Context)],
        StageFinished stage => Finished(runId, stage),
        RunFinished finished => [new Tracked.RunEnded(runId, Status(finished.Status), finished.Time)],
        _ => [],
    };

    private static Tracked.TrackingEvent[] Started(string runId, RunStarted started) =>
    [
        new Tracked.RunStarted(runId, started.Name, null, started.Time),
        new Tracked.TagsSet(runId,
        [
            new("pipeline", started.Pipeline), new("engine", started.Engine), new("mlflow.user", Environment.UserName),
            new("mlflow.source.name", started.Definition ?? started.Pipeline), new("mlflow.source.type", "LOCAL"),
        ]),
        new Tracked.ParametersLogged(runId, [.. started.Properties.Select(p => KeyValuePair.Create(p.Key, p.Value))]),
    ];

    private static Tracked.MetricsLogged Metrics(string runId, IReadOnlyDictionary<string, double> values, long step, DateTimeOffset time) =>
        new(runId, [.. values.Select(m => new MetricPoint(m.Key, m.Value, step, time))]);

    private static Tracked.TagsSet StageTags(string runId, StageFinished stage)
    {
        var tags = new List<KeyValuePair<string, string>> { new($"stage.{stage.StageId}.outcome", stage.Outcome.Name()), new($"stage.{stage.StageId}.reason", stage.Reason) };
        if (stage.Fingerprint is not null)
            tags.Add(new($"stage.{stage.StageId}.fingerprint", stage.Fingerprint));
        if (stage.MadeByRun is not null && stage.MadeByRun != runId)
            tags.Add(new($"stage.{stage.StageId}.made_by_run", stage.MadeByRun));
        foreach (var (name, digest) in stage.Artifacts)
            tags.Add(new($"artifact.{name}", digest));
        if (stage.Outcome == StageOutcome.UpToDate)
            tags.AddRange(stage.Tags);
        return new(runId, tags);
    }

    private static RunStatus Status(Pipelines.Execution.RunStatus status) => status switch
    {
        Pipelines.Execution.RunStatus.Succeeded => RunStatus.Finished,
        Pipelines.Execution.RunStatus.Failed => RunStatus.Failed,
        Pipelines.Execution.RunStatus.Cancelled => RunStatus.Killed,
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    private IEnumerable<Tracked.TrackingEvent> Finished(string runId, StageFinished stage)
    {
        yield return StageTags(runId, stage);
        if (stage.Outcome == StageOutcome.UpToDate && stage.Metrics.Count > 0)
            yield return Metrics(runId, stage.Metrics, 0, stage.Time);
        if (stage.Outcome != StageOutcome.Executed)
            yield break;
        foreach (var (name, digest) in stage.Artifacts)
        {
            var folder = Path.Combine(home.Objects, digest[..2], digest);
            foreach (var file in SentFiles.Select(f => Path.Combine(folder, f)).Where(File.Exists))
                yield return new Tracked.ArtifactProduced(runId, $"{stage.StageId}/{Path.GetFileName(file)}", file);
            if (name == "model" && Directory.Exists(folder))
                yield return Model(runId, stage, folder, digest);
        }

        if (stage.Tags.TryGetValue("model/name", out var model) && stage.Tags.TryGetValue("model/version", out var version) && stage.Tags.TryGetValue("model/digest", out var registered))
        {
            var number = int.Parse(version, CultureInfo.InvariantCulture);
            yield return new Tracked.ModelRegistered(runId, model, number, registered);
            if (stage.Tags.TryGetValue("model/alias", out var alias))
                yield return new Tracked.ModelAliasMoved(runId, model, alias, number, registered);
        }
    }

    // Python loads a model in MLflow's own layout. It stands beside the run until it is delivered, with links to the artifact's files where that is possible.
    private Tracked.ModelLogged Model(string runId, StageFinished stage, string folder, string digest)
    {
        var target = Path.Combine(home.Runs, runId, "models", stage.StageId);
        MlflowModelFolder.Write(new() { Folder = folder, Task = "text-classification", InputExample = ["An example text."], SourceModelName = stage.StageId }, target);
        return new(runId, stage.StageId, target, digest, stage.Time, stage.Metrics);
    }
}
