using FineTuneWorkflows.Pipelines.Cache;
using FineTuneWorkflows.Pipelines.Contract.Events;

namespace FineTuneWorkflows.Pipelines.Journals;

/// <summary>Puts a run's details together from its events, one after the other.</summary>
internal sealed class RunReading(StageRecordStore records)
{
    private static readonly Dictionary<string, string> NoTexts = [];

    private readonly Dictionary<string, MetricSeries> series = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StageReading> stages = new(StringComparer.Ordinal);
    private readonly List<StageReading> order = [];
    private readonly List<string> notes = [];
    private readonly Dictionary<string, double> metrics = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> tags = new(StringComparer.Ordinal);
    private RunStarted? started;
    private RunFinished? finished;
    private DateTimeOffset last;
    private int attempts;

    public void Add(RunEvent runEvent)
    {
        last = runEvent.Time;
        switch (runEvent)
        {
            case RunStarted e:
                started = e;
                attempts++;
                break;
            case RunResumed:
                finished = null;
                attempts++;
                break;
            case RunFinished e:
                finished = e;
                break;
            case StageStarted e:
                Stage(e.StageId).Start(e);
                break;
            case StageFinished e:
                Stage(e.StageId).Finish(e, started?.RunId);
                break;
            case MetricsLogged e:
                Add(e.Values, e.Step, Stage(e.StageId).Metrics);
                break;
            case RunMeasured e:
                Add(e.Values, e.Step, metrics);
                break;
            case RunTagged e:
                foreach (var (key, value) in e.Tags)
                    tags[key] = value;
                break;
            case StageNoted e:
                notes.Add($"{e.StageId}: {e.Message}");
                break;
        }
    }

    public RunDetails? Details(Func<RunFinished?, RunState> stateOf) => started is null ? null : new(
        started.RunId, started.Pipeline, tags.GetValueOrDefault(RunTagged.NameTag, started.Name), started.Definition, started.Engine, stateOf(finished), started.Time, last, attempts, Given(started),
        [.. order.Select(s => s.Details(records))],
        series.Where(s => s.Value.Points.Count > 1).ToDictionary(s => s.Key, s => s.Value, StringComparer.Ordinal),
        notes)
    {
        Parent = started.Parent,
        Tags = tags,
        RunMetrics = metrics,
    };

    // For who reads of the run, a parameter that was given by its own name is as good as a property.
    private static IReadOnlyDictionary<string, string> Given(RunStarted started)
    {
        if (started.Given is not { Count: > 0 } given)
            return started.Properties;
        var all = new Dictionary<string, string>(started.Properties, StringComparer.Ordinal);
        foreach (var (name, value) in given)
            all[name] = value;
        return all;
    }

    private StageReading Stage(string id)
    {
        if (!stages.TryGetValue(id, out var stage))
            order.Add(stages[id] = stage = new(id));
        return stage;
    }

    private void Add(IReadOnlyDictionary<string, double> values, long step, Dictionary<string, double> last)
    {
        foreach (var (key, value) in values)
        {
            last[key] = value;
            if (!series.TryGetValue(key, out var curve))
                series[key] = curve = new();
            curve.Add(step, value);
        }
    }

    private sealed class StageReading(string id)
    {
        private StageStarted? begun;
        private StageFinished? ended;

        // What it logged, for where it did not come to an end.
        public Dictionary<string, double> Metrics { get; } = new(StringComparer.Ordinal);

        public void Start(StageStarted e)
        {
            begun = e;
            ended = null;
        }

        // A resumed run finds up to date what it executed itself before: that it executed it is what a reader wants to know.
        public void Finish(StageFinished e, string? runId)
        {
            if (e.Outcome != StageOutcome.UpToDate || ended?.Outcome != StageOutcome.Executed || e.MadeByRun != runId)
                ended = e;
        }

        public RunDetails.Stage Details(StageRecordStore records) => new(
            id, ended?.Type ?? begun?.Type ?? "", ended?.Outcome, ended?.Reason ?? begun?.Reason ?? "", ended?.Seconds ?? 0, ended?.MadeByRun,
            begun?.Parameters ?? (ended?.Fingerprint is { } fingerprint ? records.Find(fingerprint)?.Document.Parameters : null) ?? (IReadOnlyDictionary<string, string>)NoTexts,
            ended?.Artifacts ?? NoTexts, ended is { Metrics.Count: > 0 } ? ended.Metrics : Metrics, ended?.Tags ?? NoTexts);
    }
}
