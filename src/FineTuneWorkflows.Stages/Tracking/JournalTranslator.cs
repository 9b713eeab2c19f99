using FineTuneWorkflows.Foundation.Files;
using FineTuneWorkflows.Pipelines.Cache;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Journals;
using FineTuneWorkflows.Tracking.Events;
using DatasetUsed = FineTuneWorkflows.Pipelines.Contract.Events.DatasetUsed;
using MetricsLogged = FineTuneWorkflows.Pipelines.Contract.Events.MetricsLogged;
using RunResumed = FineTuneWorkflows.Pipelines.Contract.Events.RunResumed;
using RunStarted = FineTuneWorkflows.Pipelines.Contract.Events.RunStarted;
using RunStatus = FineTuneWorkflows.Tracking.Events.RunStatus;
using Tracked = FineTuneWorkflows.Tracking.Events;

namespace FineTuneWorkflows.Stages.Tracking;

/// <summary>Says in the tracking outbox's words what a journal says. Wants the events of a run from its first on, those that are tracked already by <see cref="Remember"/>.</summary>
internal sealed class JournalTranslator(Home home, TrackedDetail? detail = null)
{
    // Reports, figures and plots are sent along; predictions hold the texts themselves, and data sets and tokens are the data: these stay here.
    private static readonly HashSet<string> SentFiles = new(StringComparer.Ordinal) { "report.json", "baseline.json", "metrics.json", "registration.json" };

    private readonly TrackedDetail detail = detail ?? TrackedDetail.FromEnvironment();
    private readonly StageRecordStore records = new(home);
    private readonly ModelEvents models = new(home, detail ?? TrackedDetail.FromEnvironment());
    private readonly Dictionary<string, RunMemory> memories = new(StringComparer.Ordinal);

    /// <summary>Whether events of the run were seen.</summary>
    public bool Knows(string runId) => memories.ContainsKey(runId);

    /// <summary>Takes in what was tracked before.</summary>
    public void Remember(string runId, RunEvent happened) => MemoryOf(runId).Add(happened);

    /// <summary>What to track of an event.</summary>
    public IEnumerable<TrackingEvent> Translate(string runId, RunEvent happened)
    {
        var memory = MemoryOf(runId);
        memory.Add(happened);
        return happened switch
        {
            RunStarted e => Started(runId, e),
            RunResumed e => [new Tracked.RunResumed(runId, e.Time)],
            RunTagged e => [new TagsSet(runId, [.. e.Tags])],
            RunMeasured e => [Metrics(runId, e.Values, e.Step, e.Time)],
            RunFileKept e => [new ArtifactProduced(runId, e.Path, Path.Combine(home.Runs, runId, e.Path))],
            StageStarted e => [new ParametersLogged(runId, Named(e.StageId, detail.Of(e.Type, e.Parameters)))],
            MetricsLogged e => [Metrics(runId, e.Values.Where(m => detail.Tracks(m.Key)), e.Step, e.Time) with { Repeated = memory.Repeats(e.StageId) }],
            TagSet e => detail.TracksTag(e.Key) ? [new TagsSet(runId, [new(e.Key, e.Value)])] : [],
            DatasetUsed e => [DatasetEvents.Of(runId, RunMemory.Used(e))],
            StageFinished e => Finished(runId, e, memory),
            RunFinished e => Ended(runId, e, memory),
            _ => [],
        };
    }

    private RunMemory MemoryOf(string runId)
    {
        if (!memories.TryGetValue(runId, out var memory))
            memories[runId] = memory = new(records, home);
        return memory;
    }

    private TrackingEvent[] Started(string runId, RunStarted started) =>
    [
        // A parent whose journal was cleaned away is no parent any more.
        new Tracked.RunStarted(
            runId, started.Name, started.Tracking?.GetValueOrDefault(TrackingDestination.Experiment), started.Time,
            started.Parent is { } parent && File.Exists(RunJournal.PathOf(home, parent)) ? parent : null,
            started.Tracking?.GetValueOrDefault(TrackingDestination.ExperimentId), started.Tracking?.GetValueOrDefault(TrackingDestination.RunId)),
        new TagsSet(runId,
        [
            new("pipeline", started.Pipeline), new("engine", started.Engine), new("mlflow.user", Environment.UserName),
            new("mlflow.source.name", started.Definition ?? started.Pipeline), new("mlflow.source.type", "LOCAL"),
        ]),
        new ParametersLogged(runId, [.. started.Properties]),
    ];

    private static Tracked.MetricsLogged Metrics(string runId, IEnumerable<KeyValuePair<string, double>> values, long step, DateTimeOffset time) =>
        new(runId, [.. values.Select(m => new MetricPoint(m.Key, m.Value, step, time))]);

    private static List<KeyValuePair<string, string>> Named(string stageId, IEnumerable<KeyValuePair<string, string>> parameters) =>
        [.. parameters.Select(p => KeyValuePair.Create($"{stageId}.{p.Key}", p.Value))];

    private TagsSet StageTags(string runId, StageFinished stage)
    {
        List<KeyValuePair<string, string>> reused = stage.Outcome == StageOutcome.UpToDate ? [.. stage.Tags.Where(t => detail.TracksTag(t.Key))] : [];
        if (!detail.All)
            return new(runId, reused); // The others stand in the sheet of the run's stages.
        var tags = new List<KeyValuePair<string, string>> { new($"stage.{stage.StageId}.outcome", stage.Outcome.Name()), new($"stage.{stage.StageId}.reason", stage.Reason) };
        if (stage.Fingerprint is not null)
            tags.Add(new($"stage.{stage.StageId}.fingerprint", stage.Fingerprint));
        if (stage.MadeByRun is not null && stage.MadeByRun != runId)
            tags.Add(new($"stage.{stage.StageId}.made_by_run", stage.MadeByRun));
        foreach (var (name, digest) in stage.Artifacts)
            tags.Add(new($"artifact.{name}", digest));
        return new(runId, [.. tags, .. reused]);
    }

    private static RunStatus Status(Pipelines.Contract.Events.RunStatus status) => status switch
    {
        Pipelines.Contract.Events.RunStatus.Succeeded => RunStatus.Finished,
        Pipelines.Contract.Events.RunStatus.Failed => RunStatus.Failed,
        Pipelines.Contract.Events.RunStatus.Cancelled => RunStatus.Killed,
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    private IEnumerable<TrackingEvent> Finished(string runId, StageFinished stage, RunMemory memory)
    {
        yield return StageTags(runId, stage);
        if (stage.Outcome == StageOutcome.UpToDate)
        {
            foreach (var reused in Reused(runId, stage, memory))
                yield return reused;
            yield break;
        }

        if (stage.Outcome != StageOutcome.Executed)
            yield break;
        foreach (var digest in stage.Artifacts.Values)
        {
            var folder = Path.Combine(home.Objects, digest[..2], digest);
            if (!Directory.Exists(folder))
                continue;
            foreach (var file in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
                if (SentFiles.Contains(Path.GetFileName(file)) || Path.GetExtension(file) == ".svg")
                    yield return new ArtifactProduced(runId, $"{stage.StageId}/{Path.GetFileName(file)}", file);
        }

        // What the data decided is known by now, and with it which parameters apply.
        if (stage.Tags.TryGetValue("training/task", out var task))
            yield return new ParametersLogged(runId, Named(stage.StageId, detail.Of(stage.Type, memory.ParametersOf(stage.StageId).Select(p => p.Key == "Task" ? new(p.Key, task) : p)).Where(p => p.Key != "Task")));
        foreach (var model in models.Of(runId, stage, memory))
            yield return model;
    }

    // The run uses what an earlier one made as if it had made it itself: its parameters, figures and data sets belong to this run, too.
    private IEnumerable<TrackingEvent> Reused(string runId, StageFinished stage, RunMemory memory)
    {
        if (stage.Metrics.Count > 0)
            yield return Metrics(runId, stage.Metrics.Where(m => detail.Tracks(m.Key)), 0, stage.Time);
        yield return new ParametersLogged(runId, Named(stage.StageId, detail.Of(stage.Type, memory.ParametersOf(stage))));
        if (memory.RecordOf(stage) is not { } record)
            yield break;
        foreach (var dataset in record.Datasets)
            yield return DatasetEvents.Of(runId, dataset);
    }

    private IEnumerable<TrackingEvent> Ended(string runId, RunFinished finished, RunMemory memory)
    {
        var summary = Path.Combine(home.Runs, runId, RunSummary.FileName);
        if (File.Exists(summary))
            yield return new ArtifactProduced(runId, RunSummary.FileName, Masked(summary));
        if (memory.Stages.Count > 0)
        {
            var sheet = Path.Combine(home.Runs, runId, StageSheet.FileName);
            StageSheet.Write(sheet, memory.Stages.Select(s => (s, s.Outcome == StageOutcome.UpToDate ? memory.ParametersOf(s) : memory.ParametersOf(s.StageId))));
            yield return new ArtifactProduced(runId, StageSheet.FileName, sheet);
            yield return new RunDescribed(runId, RunPage.Markdown(runId, memory.Stages, memory.Description));
        }

        yield return new RunEnded(runId, Status(finished.Status), finished.Time);
        memories.Remove(runId);
    }

    // Reasons name parameters that changed, and an address may hold a password.
    private static string Masked(string path)
    {
        var masked = Path.ChangeExtension(path, ".sent.json");
        DurableFile.Write(masked, System.Text.Encoding.UTF8.GetBytes(MaskedJson.Of(File.ReadAllText(path), new())), flush: false);
        return masked;
    }
}
