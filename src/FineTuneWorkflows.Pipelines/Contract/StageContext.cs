using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Sources;

namespace FineTuneWorkflows.Pipelines.Contract;

/// <summary>What a running stage has at hand. Safe for use from several threads.</summary>
public sealed class StageContext
{
    private readonly StageWork work;
    private readonly Action<RunEvent> publish;
    private readonly IServiceProvider services;
    private readonly TimeProvider time;
    private readonly Dictionary<string, double> metrics = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> tags = new(StringComparer.Ordinal);
    private readonly List<UsedDataset> datasets = [];
    private readonly Lock gate = new();

    internal StageContext(string runId, StageWork work, Action<RunEvent> publish, IServiceProvider services, AllowedSources sources, TimeProvider time)
    {
        RunId = runId;
        this.work = work;
        this.publish = publish;
        this.services = services;
        Sources = sources;
        this.time = time;
    }

    /// <summary>The run that this execution belongs to.</summary>
    public string RunId { get; }

    /// <summary>The stage's name in the definition.</summary>
    public string StageId => work.StageId;

    /// <summary>The stage's fingerprint, lower-case hexadecimal.</summary>
    public string Fingerprint => work.Fingerprint;

    /// <summary>
    /// Where the stage may read from. Its <see cref="InputPath"/>s were checked against it; a stage that asks a web server by itself checks each address, those that it is sent on to included.
    /// </summary>
    public AllowedSources Sources { get; }

    /// <summary>
    /// Where the stage may write. Kept after a failure, a cancellation or a crash, and handed to the next attempt of the same fingerprint; deleted
    /// after success.
    /// </summary>
    public string WorkFolder => work.Folder;

    /// <summary>The artifact of that name.</summary>
    /// <exception cref="InvalidOperationException">The stage did not declare it with <see cref="ConsumesAttribute"/>, or it is optional and absent.</exception>
    public Artifact Input(string name) =>
        FindInput(name) ?? throw new InvalidOperationException($"Stage {StageId} has no input artifact '{name}'.");

    /// <summary>The artifact of that name, or null where nothing upstream makes it.</summary>
    public Artifact? FindInput(string name) => work.Inputs.GetValueOrDefault(name);

    /// <summary>The files that the parameter's <see cref="InputPath"/> was resolved to, ordered by relative path.</summary>
    /// <exception cref="InvalidOperationException">The stage declared no such path.</exception>
    public IReadOnlyList<InputFile> InputFiles(string parameter) =>
        work.Files.TryGetValue(parameter, out var files)
            ? files
            : throw new InvalidOperationException($"Stage {StageId} declared no input path for parameter {parameter}.");

    /// <summary>What the parameter's <see cref="IRemoteInput"/> was pinned to, such as <c>hf://owner/name@commit</c>; null where its files are on this machine.</summary>
    public string? PinnedInput(string parameter) => work.Pinned.GetValueOrDefault(parameter);

    /// <summary>An empty folder to make the artifact of that name in. What an earlier attempt left there is removed on the first call.</summary>
    /// <exception cref="InvalidOperationException">The stage did not declare it with <see cref="ProducesAttribute"/>.</exception>
    public string Output(string name) => work.Output(name);

    /// <summary>Logs one value of a metric. The last value of each is kept with the stage's result.</summary>
    /// <param name="key">Such as <c>train/loss</c>.</param>
    /// <param name="value">Its value; NaN and infinities are allowed.</param>
    /// <param name="step">The training step or 0.</param>
    public void LogMetric(string key, double value, long step = 0) => LogMetrics([new(key, value)], step);

    /// <summary>Logs several metrics of one step.</summary>
    public void LogMetrics(IReadOnlyList<KeyValuePair<string, double>> values, long step = 0)
    {
        lock (gate)
            foreach (var (key, value) in values)
                metrics[key] = value;
        publish(new MetricsLogged(time.GetUtcNow(), StageId, step, new Dictionary<string, double>(values)));
    }

    /// <summary>Keeps a short text with the stage's result and the run, such as the version a model was registered as.</summary>
    public void SetTag(string key, string value)
    {
        lock (gate)
            tags[key] = value;
        publish(new TagSet(time.GetUtcNow(), StageId, key, value));
    }

    /// <summary>Records that the run used a data set. Kept with the stage's result, so that a run that finds the stage up to date is known to use it too.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="digest">The digest of its content.</param>
    /// <param name="source">Where it came from, without credentials.</param>
    /// <param name="context"><c>training</c>, <c>validation</c> or <c>testing</c>.</param>
    public void LogDataset(string name, string digest, string source, string context) => LogDataset(new(name, digest, source, context));

    /// <summary>As the other, with all that is known of the data set.</summary>
    public void LogDataset(UsedDataset used)
    {
        ArgumentNullException.ThrowIfNull(used);
        lock (gate)
            datasets.Add(used);
        publish(new DatasetUsed(time.GetUtcNow(), StageId, used.Name, used.Digest, used.Source, used.Context, used.Location, used.Rows, used.Columns));
    }

    /// <summary>Tells the user something that is no error, such as how many rows were left out. Journaled.</summary>
    public void Note(string message) => publish(new StageNoted(time.GetUtcNow(), StageId, message));

    /// <summary>Tells something that only matters when hunting a problem. Shown at diagnostic verbosity, journaled.</summary>
    public void Trace(string message) => publish(new StageTraced(time.GetUtcNow(), StageId, message));

    /// <summary>Shows how far the stage is. Cheap; call it as often as you like.</summary>
    public void Report(Progress progress) => publish(new StageProgressed(time.GetUtcNow(), StageId, progress));

    /// <summary>A service of the host.</summary>
    /// <exception cref="InvalidOperationException">The host offers none of that type.</exception>
    public T Service<T>()
        where T : notnull =>
        services.GetService(typeof(T)) is T service ? service : throw new InvalidOperationException($"The host offers no {typeof(T).Name}.");

    internal Dictionary<string, double> Metrics
    {
        get
        {
            lock (gate)
                return new(metrics, StringComparer.Ordinal);
        }
    }

    internal UsedDataset[] Datasets
    {
        get
        {
            lock (gate)
                return [.. datasets];
        }
    }

    internal Dictionary<string, string> Tags
    {
        get
        {
            lock (gate)
                return new(tags, StringComparer.Ordinal);
        }
    }
}
