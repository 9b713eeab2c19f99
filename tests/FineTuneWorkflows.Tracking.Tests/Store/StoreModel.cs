using FineTuneWorkflows.Tracking.Events;
using FineTuneWorkflows.Tracking.Store;

namespace FineTuneWorkflows.Tracking.Tests.Store;

/// <summary>What the store should hold, in memory and as plainly as can be said.</summary>
internal sealed class StoreModel
{
    public long Position { get; private set; }

    public Dictionary<string, Run> Runs { get; private set; } = [];

    /// <summary>As the store's: true, false for a position that does not fit, null for events that are refused.</summary>
    public bool? Append(IReadOnlyList<TrackingEvent> events, JournalPosition advance)
    {
        if (advance.From != Position) return false;
        var copy = Runs.ToDictionary(pair => pair.Key, pair => pair.Value.Copy());
        foreach (var item in events)
        {
            if (item is RunStarted ? !copy.TryAdd(item.RunId, new Run()) : !copy.ContainsKey(item.RunId)) return null;
            copy[item.RunId].Apply(item);
        }

        Runs = copy;
        Position = advance.To;
        return true;
    }

    internal sealed class Run
    {
        public RunStatus Status { get; private set; } = RunStatus.Running;

        public DateTimeOffset? Ended { get; private set; }

        public Dictionary<string, string> Parameters { get; private init; } = [];

        public Dictionary<string, string> Tags { get; private init; } = [];

        public List<MetricPoint> Metrics { get; private init; } = [];

        public Run Copy() => new()
        {
            Status = Status, Ended = Ended, Parameters = new(Parameters), Tags = new(Tags), Metrics = [.. Metrics],
        };

        public void Apply(TrackingEvent item)
        {
            switch (item)
            {
                case RunResumed: (Status, Ended) = (RunStatus.Running, null); break;
                case RunEnded ended: (Status, Ended) = (ended.Status, ended.Time); break;
                case MetricsLogged metrics: Metrics.AddRange(metrics.Metrics); break;
                case TagsSet tags: foreach (var (key, value) in tags.Tags) Tags[key] = value; break;
                case ParametersLogged parameters:
                    foreach (var (key, value) in parameters.Parameters)
                        if (!Parameters.TryAdd(key, value) && Parameters[key] != value) Tags["parameter_changed/" + key] = value;
                    break;
            }
        }
    }
}
