using System.Globalization;
using FineTuneWorkflows.Tracking.Events;
using Microsoft.Data.Sqlite;

namespace FineTuneWorkflows.Tracking.Store;

/// <summary>Writes events into the local index and the outbox, inside a transaction of the caller.</summary>
internal sealed class EventWriter(SqliteConnection connection) : IDisposable
{
    internal const string MetricsKind = "metrics";
    internal const string ChangedParameterTag = "parameter_changed/";

    private readonly Dictionary<string, long> _runs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);
    private readonly MetricWriter _metrics = new(connection);
    private readonly HashSet<long> _told = [];

    internal void Write(TrackingEvent item)
    {
        ArgumentNullException.ThrowIfNull(item);
        switch (item)
        {
            case RunStarted started: Start(started); break;
            case RunResumed: Resume(RunOf(item), item); break;
            case RunEnded ended: End(ended); break;
            case ParametersLogged parameters: Log(parameters); break;
            case TagsSet tags: SetTags(tags); break;
            case MetricsLogged metrics: Log(metrics); break;
            case DatasetUsed dataset: Use(dataset); break;
            case ArtifactProduced artifact: Produce(artifact); break;
            case ModelLogged model: Log(model); break;
            case RunDescribed described: Describe(described); break;
            case ModelRegistered or ModelAliasMoved or ModelMeasured: Enqueue(RunOf(item), item); break;
            default: throw new ArgumentException($"The store knows no event {item.GetType().Name}.", nameof(item));
        }
    }

    /// <summary>Writes what was gathered over the whole batch: the latest value of each metric, and how far the events of each run go.</summary>
    internal void Finish()
    {
        _metrics.Finish();
        foreach (var run in _told) Run("UPDATE runs SET last_event = (SELECT max(seq) FROM outbox WHERE run = ?1) WHERE id = ?1", run);
    }

    public void Dispose()
    {
        foreach (var command in _commands.Values) command.Dispose();
        _metrics.Dispose();
    }

    private void Start(RunStarted started)
    {
        Require(started.RunId, "The id of a run");
        ArgumentNullException.ThrowIfNull(started.Name);
        if (started.ParentRunId is { } parent) RunOf(parent);
        var added = Run(
            "INSERT OR IGNORE INTO runs (run_id, name, experiment, parent_run_id, status, started, experiment_id, mlflow_run_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            started.RunId, started.Name, started.Experiment, started.ParentRunId, (int)RunStatus.Running, started.Time, started.ExperimentId, started.MlflowRunId);
        if (added == 0) throw new EventException($"Run {started.RunId} started already; it can be resumed, not started again.");
        Enqueue(RunOf(started), started);
    }

    private void Resume(long run, TrackingEvent item)
    {
        Run("UPDATE runs SET status = ?2, ended = NULL WHERE id = ?1", run, (int)RunStatus.Running);
        Enqueue(run, item);
    }

    private void End(RunEnded ended)
    {
        if (ended.Status is not (RunStatus.Finished or RunStatus.Failed or RunStatus.Killed))
            throw new ArgumentException($"Run {ended.RunId} cannot end with status {ended.Status}; only Finished, Failed or Killed.");
        var run = RunOf(ended);
        Run("UPDATE runs SET status = ?2, ended = ?3 WHERE id = ?1", run, (int)ended.Status, ended.Time);
        Enqueue(run, ended);
    }

    private void Log(ParametersLogged logged)
    {
        var run = RunOf(logged);
        var fresh = new List<KeyValuePair<string, string>>();
        var changed = new List<KeyValuePair<string, string>>();
        foreach (var parameter in logged.Parameters)
        {
            Require(parameter.Key, "The key of a parameter");
            ArgumentNullException.ThrowIfNull(parameter.Value);
            if (Run("INSERT OR IGNORE INTO parameters (run, key, value) VALUES (?1, ?2, ?3)", run, parameter.Key, parameter.Value) == 1)
                fresh.Add(parameter);
            else if (connection.Scalar<string>("SELECT value FROM parameters WHERE run = ?1 AND key = ?2", run, parameter.Key) != parameter.Value)
                changed.Add(new(ChangedParameterTag + parameter.Key, parameter.Value));
        }

        if (fresh.Count > 0) Enqueue(run, new ParametersLogged(logged.RunId, fresh));
        if (changed.Count > 0) SetTags(new TagsSet(logged.RunId, changed));
    }

    private void Describe(RunDescribed described)
    {
        var run = RunOf(described);
        SetTag(run, RunDescribed.Tag, described.With(id => id));
        Enqueue(run, described);
    }

    private void SetTags(TagsSet set)
    {
        var run = RunOf(set);
        foreach (var (key, value) in set.Tags)
        {
            Require(key, "The key of a tag");
            ArgumentNullException.ThrowIfNull(value);
            SetTag(run, key, value);
        }

        if (set.Tags.Count > 0) Enqueue(run, set);
    }

    private void Log(MetricsLogged logged)
    {
        var run = RunOf(logged);
        var points = logged.Repeated ? [.. logged.Metrics.Where(point => !_metrics.IsKnown(run, point))] : logged.Metrics;
        if (points.Count == 0) return;
        var (first, last) = _metrics.Write(run, points);
        Run("INSERT INTO outbox (run, kind, first_metric, last_metric) VALUES (?1, ?2, ?3, ?4)", run, MetricsKind, first, last);
        _told.Add(run);
    }

    private void Use(DatasetUsed dataset)
    {
        Require(dataset.Name, "The name of a data set");
        Require(dataset.Digest, "The digest of a data set");
        var run = RunOf(dataset);
        // A server knows a data set of a run by name and digest only, so that one used twice over needs two names.
        var others = connection.Scalar<long>(
            "SELECT count(*) FROM datasets WHERE run = ?1 AND name = ?2 AND digest = ?3 AND context <> ?4", run, dataset.Name, dataset.Digest,
            dataset.Context);
        if (others > 0) dataset = dataset with { Name = $"{dataset.Name} ({dataset.Context})" };
        var added = Run(
            "INSERT OR IGNORE INTO datasets (run, name, digest, source, source_type, context, profile, schema) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            run, dataset.Name, dataset.Digest, dataset.Source, dataset.SourceType, dataset.Context, dataset.Profile, dataset.Schema);
        if (added == 1) Enqueue(run, dataset);
    }

    private void Produce(ArtifactProduced artifact)
    {
        ArgumentNullException.ThrowIfNull(artifact.Path);
        Require(artifact.LocalPath, "The local path of an artifact");
        var run = RunOf(artifact);
        Run(
            """
            INSERT INTO artifacts (run, path, local_path, digest) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT DO UPDATE SET local_path = excluded.local_path, digest = excluded.digest
            """,
            run, artifact.Path, artifact.LocalPath, artifact.Digest);
        Enqueue(run, artifact);
    }

    private void SetTag(long run, string key, string value) =>
        Run("INSERT INTO tags (run, key, value) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET value = excluded.value", run, key, value);

    private void Log(ModelLogged model)
    {
        Require(model.Digest, "The digest of a model");
        var run = RunOf(model);
        if (Run("INSERT OR IGNORE INTO models (run, digest, event) VALUES (?1, ?2, ?3)", run, model.Digest, TrackingEventJson.Write(model).Json) == 1)
            Enqueue(run, model);
    }

    private void Enqueue(long run, TrackingEvent item)
    {
        var (kind, json) = TrackingEventJson.Write(item);
        Run("INSERT INTO outbox (run, kind, event) VALUES (?1, ?2, ?3)", run, kind, json);
        _told.Add(run);
    }

    private long RunOf(TrackingEvent item) => RunOf(item.RunId);

    private long RunOf(string runId)
    {
        if (_runs.TryGetValue(runId, out var id)) return id;
        id = connection.Scalar<long>("SELECT id FROM runs WHERE run_id = ?1", runId);
        if (id == 0) throw new EventException($"Run {runId} never started; its first event must be its start.");
        return _runs[runId] = id;
    }

    private int Run(string sql, params ReadOnlySpan<object?> values)
    {
        if (!_commands.TryGetValue(sql, out var command))
            _commands[sql] = command = connection.Prepared(sql, values.Length);
        return command.Run(values);
    }

    private static void Require(string? value, string what)
    {
        if (string.IsNullOrWhiteSpace(value)) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{what} must not be empty."));
    }
}
