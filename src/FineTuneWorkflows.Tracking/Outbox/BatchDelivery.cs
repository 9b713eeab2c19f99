using FineTuneWorkflows.Tracking.Events;
using FineTuneWorkflows.Tracking.Mlflow;
using FineTuneWorkflows.Tracking.Mlflow.Entities;

namespace FineTuneWorkflows.Tracking.Outbox;

/// <summary>Gathers parameters, tags and metrics of one run over several events and delivers them in as few requests as the limits allow.</summary>
internal sealed class BatchDelivery(OutboxQueue queue, MlflowClient client, SecretMask mask, ServerRuns runs, DeliveredRun run)
{
    private readonly List<OutboxRow> _rows = [];
    private readonly Dictionary<string, MlflowParam> _parameters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MlflowTag> _tags = new(StringComparer.Ordinal);
    private readonly List<MlflowMetric> _metrics = [];
    private readonly List<(string Artifact, string Text)> _cut = [];

    /// <summary>Takes an event in if it is of a kind that can be batched.</summary>
    internal async Task<bool> TryAdd(OutboxRow row, CancellationToken cancellation)
    {
        switch (row.Kind)
        {
            case Store.EventWriter.MetricsKind:
                await AddMetrics(row, cancellation).ConfigureAwait(false);
                return true;
            case "parameters" or "tags":
                if (_parameters.Count + _tags.Count >= MlflowLimits.ParametersPerBatch) await Flush(cancellation).ConfigureAwait(false);
                _rows.Add(row);
                Add(mask.Mask(TrackingEventJson.Read(row.Kind, row.Event!)));
                return true;
            default:
                return false;
        }
    }

    /// <summary>Delivers what was gathered and takes it out of the queue.</summary>
    /// <exception cref="RunHeldException">The server has the run no more.</exception>
    internal async Task Flush(CancellationToken cancellation)
    {
        if (_rows.Count == 0) return;
        try
        {
            await Send(_metrics, [.. _parameters.Values], [.. _tags.Values], cancellation).ConfigureAwait(false);
        }
        catch (MlflowException fault) when (Refusal.Is(fault))
        {
            await runs.ThrowIfGone(run, cancellation).ConfigureAwait(false);
            if (_rows.Count > 1)
            {
                await OneByOne(cancellation).ConfigureAwait(false);
                return;
            }

            queue.Refuse(_rows[0], fault.Message);
            Clear();
            return;
        }

        queue.Delivered(_rows[0].Run, _rows.ConvertAll(row => row.Sequence));
        Clear();
    }

    private async Task AddMetrics(OutboxRow row, CancellationToken cancellation)
    {
        var next = row.FirstMetric;
        while (row.LastMetric - next + 1 > MlflowLimits.MetricsPerBatch - _metrics.Count)
        {
            // The row does not fit: what is gathered goes first, then full batches of this row, and its rest stays for the next.
            if (_rows.Count > 0)
            {
                await Flush(cancellation).ConfigureAwait(false);
                continue;
            }

            var part = Points(next, row.LastMetric);
            try
            {
                await Send(part, [], [], cancellation).ConfigureAwait(false);
            }
            catch (MlflowException fault) when (Refusal.Is(fault))
            {
                await runs.ThrowIfGone(run, cancellation).ConfigureAwait(false);
                queue.Refuse(row, fault.Message);
                return;
            }

            next += part.Count;
            queue.Delivered(row.Run, [], (row.Sequence, next));
        }

        _rows.Add(row with { FirstMetric = next });
        if (next <= row.LastMetric) _metrics.AddRange(Points(next, row.LastMetric));
    }

    private List<MlflowMetric> Points(long first, long last) => queue.Metrics(first, last, MlflowLimits.MetricsPerBatch).ConvertAll(
        point => new MlflowMetric(ServerText.Key(point.Key), point.Value, Math.Max(0, point.Time.ToUnixTimeMilliseconds()), point.Step));

    private void Add(TrackingEvent item)
    {
        foreach (var (key, value) in item is ParametersLogged logged ? logged.Parameters : [])
            _parameters[ServerText.Key(key)] = new(ServerText.Key(key), Fit("parameters", key, value, MlflowLimits.ParameterValue));
        foreach (var (key, value) in item is TagsSet set ? set.Tags : [])
            _tags[ServerText.Key(key)] = new(ServerText.Key(key), Fit("tags", key, value, MlflowLimits.TagValue));
    }

    private string Fit(string kind, string key, string value, int limit)
    {
        if (value.Length <= limit) return value;
        var artifact = ServerText.CutArtifact(kind, key);
        _cut.Add((artifact, value));
        return ServerText.Cut(value, limit, artifact);
    }

    private async Task Send(
        IReadOnlyList<MlflowMetric> metrics, IReadOnlyList<MlflowParam> parameters, IReadOnlyList<MlflowTag> tags, CancellationToken cancellation)
    {
        try
        {
            await client.Runs.LogBatchAsync(run.MlflowRunId, metrics, parameters, tags, cancellation).ConfigureAwait(false);
        }
        catch (MlflowException fault) when (Refusal.Is(fault) && metrics.Any(metric => double.IsNaN(metric.Value)))
        {
            var left = await WithoutKnown(metrics, cancellation).ConfigureAwait(false);
            if (left.Count == metrics.Count) throw;
            await client.Runs.LogBatchAsync(run.MlflowRunId, left, parameters, tags, cancellation).ConfigureAwait(false);
        }

        foreach (var (artifact, text) in _cut)
            await client.Artifacts.UploadTextAsync(run.ArtifactUri, artifact, text, cancellation).ConfigureAwait(false);
    }

    /// <summary>Leaves out what is NaN and on the server: it knows a value again that was sent twice, but NaN is not equal to itself.</summary>
    private async Task<List<MlflowMetric>> WithoutKnown(IReadOnlyList<MlflowMetric> metrics, CancellationToken cancellation)
    {
        var known = new HashSet<(string, long, long)>();
        foreach (var key in metrics.Where(metric => double.IsNaN(metric.Value)).Select(metric => metric.Key).Distinct(StringComparer.Ordinal))
        {
            string? page = null;
            do
            {
                var history = await client.Runs.GetHistoryAsync(run.MlflowRunId, key, pageToken: page, cancellation: cancellation).ConfigureAwait(false);
                known.UnionWith(history.Items.Where(metric => double.IsNaN(metric.Value)).Select(metric => (key, metric.Timestamp, metric.Step)));
                page = history.NextPageToken;
            }
            while (page is not null);
        }

        return [.. metrics.Where(metric => !double.IsNaN(metric.Value) || !known.Contains((metric.Key, metric.Timestamp, metric.Step)))];
    }

    /// <summary>Finds out which of the events was refused, so that the others arrive.</summary>
    private async Task OneByOne(CancellationToken cancellation)
    {
        var rows = _rows.ToList();
        Clear();
        foreach (var row in rows)
        {
            var single = new BatchDelivery(queue, client, mask, runs, run);
            await single.TryAdd(row, cancellation).ConfigureAwait(false);
            await single.Flush(cancellation).ConfigureAwait(false);
        }
    }

    private void Clear()
    {
        _rows.Clear();
        _parameters.Clear();
        _tags.Clear();
        _metrics.Clear();
        _cut.Clear();
    }
}
