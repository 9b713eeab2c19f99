namespace FineTuneWorkflows.Benchmarks.Tracking;

/// <summary>What the listener was told of a run.</summary>
/// <param name="id">Its id.</param>
/// <param name="experiment">The id of its experiment.</param>
/// <param name="name">Its name.</param>
internal sealed class ListenedRun(string id, string experiment, string name)
{
    public string Id => id;

    public string Experiment => experiment;

    public string Name => name;

    public string Status { get; set; } = "RUNNING";

    public long Start { get; init; }

    public Dictionary<string, string> Tags { get; } = new(StringComparer.Ordinal);

    /// <summary>The values that arrived, each once.</summary>
    public HashSet<MetricPointKey> Points { get; } = [];

    /// <summary>How many arrived that were there already.</summary>
    public long Again { get; set; }
}
