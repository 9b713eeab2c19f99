using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Journals;
using FineTuneWorkflows.Tracking.Events;
using FineTuneWorkflows.Tracking.Store;
using DatasetUsed = FineTuneWorkflows.Pipelines.Journals.DatasetUsed;
using MetricsLogged = FineTuneWorkflows.Pipelines.Journals.MetricsLogged;
using RunResumed = FineTuneWorkflows.Pipelines.Journals.RunResumed;
using RunStarted = FineTuneWorkflows.Pipelines.Journals.RunStarted;
using RunStatus = FineTuneWorkflows.Tracking.Events.RunStatus;

namespace FineTuneWorkflows.Stages.Tracking;

/// <summary>
/// Moves what happened from the journals of runs into the tracking outbox. Each batch of journal lines and the new position in that journal enter in one transaction, so
/// a process that is killed anywhere neither loses an event nor enters one twice.
/// </summary>
public sealed class JournalImporter
{
    private const int BatchSize = 2000;

    private readonly Home home;
    private readonly TrackingStore store;

    /// <summary>Makes an importer from a home's journals into its store.</summary>
    public JournalImporter(Home home, TrackingStore store)
    {
        this.home = home;
        this.store = store;
    }

    /// <summary>Imports what is new in all journals.</summary>
    /// <exception cref="FineTuneWorkflows.Tracking.TrackingException">The store cannot be written.</exception>
    /// <exception cref="InvalidDataException">A journal is damaged; the message names file and place.</exception>
    public void ImportAll(CancellationToken cancellationToken = default)
    {
        foreach (var folder in Directory.EnumerateDirectories(home.Runs).Order(StringComparer.Ordinal))
            Import(Path.GetFileName(folder), cancellationToken);
    }

    /// <summary>Imports what is new in a run's journal.</summary>
    public void Import(string runId, CancellationToken cancellationToken = default)
    {
        var path = RunJournal.PathOf(home, runId);
        if (!File.Exists(path))
            return;
        var source = $"runs/{runId}";
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var from = store.PositionOf(source);
            var lines = RunJournal.Read(path, from).Take(BatchSize).ToList();
            if (lines.Count == 0)
                return;
            // A batch that another process imported meanwhile is refused whole; the next turn goes on behind it.
            store.Append([.. lines.SelectMany(line => TrackingEvents(runId, line.Event))], new(source, from, lines[^1].End));
        }
    }

    private static IEnumerable<TrackingEvent> TrackingEvents(string runId, RunEvent happened)
    {
        switch (happened)
        {
            case RunStarted started:
                yield return new FineTuneWorkflows.Tracking.Events.RunStarted(runId, started.Name, null, started.Time);
                yield return new TagsSet(runId, [new("pipeline", started.Pipeline), new("definition", started.Definition ?? ""), new("engine", started.Engine)]);
                yield return new ParametersLogged(runId, [.. started.Properties.Select(p => KeyValuePair.Create(p.Key, p.Value))]);
                break;
            case RunResumed resumed:
                yield return new FineTuneWorkflows.Tracking.Events.RunResumed(runId, resumed.Time);
                break;
            case StageStarted stage:
                yield return new ParametersLogged(runId, [.. stage.Parameters.Select(p => KeyValuePair.Create($"{stage.StageId}.{p.Key}", p.Value))]);
                break;
            case MetricsLogged metrics:
                yield return new FineTuneWorkflows.Tracking.Events.MetricsLogged(runId, [.. metrics.Values.Select(m => new MetricPoint(m.Key, m.Value, metrics.Step, metrics.Time))]);
                break;
            case TagSet tag:
                yield return new TagsSet(runId, [new(tag.Key, tag.Value)]);
                break;
            case DatasetUsed dataset:
                yield return new FineTuneWorkflows.Tracking.Events.DatasetUsed(runId, dataset.Name, dataset.Digest, dataset.Source, dataset.Context);
                break;
            case StageFinished stage:
                yield return new TagsSet(runId, StageTags(runId, stage));
                if (stage.Outcome == StageOutcome.UpToDate && stage.Metrics.Count > 0)
                    yield return new FineTuneWorkflows.Tracking.Events.MetricsLogged(runId, [.. stage.Metrics.Select(m => new MetricPoint(m.Key, m.Value, 0, stage.Time))]);
                break;
            case RunFinished finished:
                yield return new RunEnded(runId, Status(finished.Status), finished.Time);
                break;
        }
    }

    private static List<KeyValuePair<string, string>> StageTags(string runId, StageFinished stage)
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
        return tags;
    }

    private static RunStatus Status(Pipelines.Execution.RunStatus status) => status switch
    {
        Pipelines.Execution.RunStatus.Succeeded => RunStatus.Finished,
        Pipelines.Execution.RunStatus.Failed => RunStatus.Failed,
        Pipelines.Execution.RunStatus.Cancelled => RunStatus.Killed,
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };
}
