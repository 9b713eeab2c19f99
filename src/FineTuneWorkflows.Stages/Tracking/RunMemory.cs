using FineTuneWorkflows.Pipelines.Cache;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Journals;
using FineTuneWorkflows.Tracking.Events;
using DatasetUsed = FineTuneWorkflows.Pipelines.Contract.Events.DatasetUsed;
using MetricsLogged = FineTuneWorkflows.Pipelines.Contract.Events.MetricsLogged;

namespace FineTuneWorkflows.Stages.Tracking;

/// <summary>What later events of a run refer to: the data sets it used, the last value of each metric, how its stages ended.</summary>
internal sealed class RunMemory(StageRecordStore records, Home home)
{
    private readonly HashSet<string> repeating = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, IReadOnlyDictionary<string, string>>> made = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, MetricPoint>> metrics = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StageStarted> begun = new(StringComparer.Ordinal);
    private readonly List<StageFinished> stages = [];
    private readonly List<UsedDataset> datasets = [];

    /// <summary>The stages that ended, in the order of their first end; of each the last.</summary>
    public IReadOnlyList<StageFinished> Stages => stages;

    /// <summary>What the run's user said of it; null for nothing.</summary>
    public string? Description { get; private set; }

    /// <summary>The name of the run's definition, or of the run; null as long as its start was not seen.</summary>
    public string? Pipeline { get; private set; }

    /// <summary>Takes an event in.</summary>
    public void Add(RunEvent happened)
    {
        switch (happened)
        {
            case Pipelines.Contract.Events.RunStarted e:
                Pipeline = e.Name;
                break;
            case StageAttemptFailed e:
                repeating.Add(e.StageId);
                break;
            case StageStarted e:
                if (begun.ContainsKey(e.StageId))
                    repeating.Add(e.StageId);
                begun[e.StageId] = e;
                metrics.Remove(e.StageId);
                break;
            case MetricsLogged e:
                if (!metrics.TryGetValue(e.StageId, out var last))
                    metrics[e.StageId] = last = new(StringComparer.Ordinal);
                foreach (var (key, value) in e.Values)
                    last[key] = new(key, value, e.Step, e.Time);
                break;
            case RunTagged e:
                Description = e.Tags.TryGetValue(RunLabels.DescriptionTag, out var said) ? said : Description;
                break;
            case DatasetUsed e:
                datasets.Add(Used(e));
                break;
            case StageFinished e:
                if (e.Outcome == StageOutcome.UpToDate && RecordOf(e) is { } record)
                    datasets.AddRange(record.Datasets);
                if (stages.FindIndex(s => s.StageId == e.StageId) is >= 0 and var known)
                    stages[known] = e;
                else
                    stages.Add(e);
                break;
        }
    }

    /// <summary>The entry of the run cache that a stage made or was found by; null where it is gone.</summary>
    public StageRecord? RecordOf(StageFinished stage) => stage.Fingerprint is { } fingerprint ? records.Find(fingerprint) : null;

    /// <summary>The last value of each metric that a stage logged in this run, in ordinal order of the keys.</summary>
    public IEnumerable<MetricPoint> MetricsOf(string stageId) =>
        metrics.TryGetValue(stageId, out var last) ? last.Values.OrderBy(p => p.Key, StringComparer.Ordinal) : [];

    /// <summary>The parameters of a stage that was executed in this run; none of another.</summary>
    public IReadOnlyDictionary<string, string> ParametersOf(string stageId) => begun.GetValueOrDefault(stageId)?.Parameters ?? new Dictionary<string, string>();

    /// <summary>Whether a stage was begun before in this run: what it logs now it may have logged then.</summary>
    public bool Repeats(string stageId) => repeating.Contains(stageId);

    /// <summary>All parameters of a stage that was up to date, as the run that made it had them; where that run is gone, those of them that change what is made.</summary>
    public IEnumerable<KeyValuePair<string, string>> ParametersOf(StageFinished upToDate)
    {
        if (upToDate is { MadeByRun: { } maker, Fingerprint: { } fingerprint } && MadeBy(maker).TryGetValue(fingerprint, out var parameters))
            return parameters;
        return RecordOf(upToDate)?.Document.Parameters ?? Enumerable.Empty<KeyValuePair<string, string>>();
    }

    private Dictionary<string, IReadOnlyDictionary<string, string>> MadeBy(string runId)
    {
        if (made.TryGetValue(runId, out var known))
            return known;
        made[runId] = known = new(StringComparer.Ordinal);
        var path = RunJournal.PathOf(home, runId);
        if (File.Exists(path))
            foreach (var started in RunJournal.ReadLines(path).Select(line => line.Event).OfType<StageStarted>())
                known[started.Fingerprint] = started.Parameters;
        return known;
    }

    /// <summary>What an event says of a data set.</summary>
    public static UsedDataset Used(DatasetUsed e) => new(e.Name, e.Digest, e.Source, e.Context, e.Location, e.Rows, e.Columns);

    /// <summary>The data set used last as training, validation or test data.</summary>
    public UsedDataset? Dataset(string context) => datasets.FindLast(d => d.Context == context);
}
