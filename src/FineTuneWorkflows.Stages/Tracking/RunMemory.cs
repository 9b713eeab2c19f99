using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Journals;
using FineTuneWorkflows.Tracking.Events;
using DatasetUsed = FineTuneWorkflows.Pipelines.Journals.DatasetUsed;
using MetricsLogged = FineTuneWorkflows.Pipelines.Journals.MetricsLogged;

namespace FineTuneWorkflows.Stages.Tracking;

/// <summary>What later events of a run refer to: the data sets it used, the last value of each metric, how its stages ended.</summary>
internal sealed class RunMemory(StageRecordStore records)
{
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
            case Pipelines.Journals.RunStarted e:
                Pipeline = e.Name;
                break;
            case StageStarted e:
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
                datasets.Add(new(e.Name, e.Digest, e.Source, e.Context));
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

    /// <summary>The data set used last as training, validation or test data.</summary>
    public UsedDataset? Dataset(string context) => datasets.FindLast(d => d.Context == context);
}
