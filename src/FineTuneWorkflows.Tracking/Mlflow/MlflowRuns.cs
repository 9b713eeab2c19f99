using System.Globalization;
using FineTuneWorkflows.Tracking.Mlflow.Entities;
using FineTuneWorkflows.Tracking.Mlflow.Transport;
using static FineTuneWorkflows.Tracking.Mlflow.Transport.MlflowTransport;

namespace FineTuneWorkflows.Tracking.Mlflow;

/// <summary>The endpoints below <c>/api/2.0/mlflow/runs</c> and <c>metrics</c>. Times are Unix milliseconds.</summary>
public sealed class MlflowRuns
{
    private readonly MlflowTransport _transport;

    internal MlflowRuns(MlflowTransport transport) => _transport = transport;

    /// <summary>Makes a run. Not repeated by itself when its answer is lost: a second run would be made. <c>POST runs/create</c>.</summary>
    /// <param name="experimentId">The experiment's id.</param>
    /// <param name="name">The run's name; the server makes one up where null.</param>
    /// <param name="startTime">When it started, in Unix milliseconds.</param>
    /// <param name="tags">Tags to begin with; <c>mlflow.parentRunId</c> makes it a child.</param>
    /// <param name="cancellation">Ends the request.</param>
    public async Task<MlflowRun> CreateAsync(
        string experimentId, string? name, long startTime, IReadOnlyList<MlflowTag>? tags = null,
        CancellationToken cancellation = default) => (await _transport.Send(
            HttpMethod.Post, Api + "runs/create", new CreateRun(
                experimentId, name, startTime, tags), MlflowJson.Default.CreateRun, MlflowJson.Default.RunAnswer,
            repeatable: false, cancellation).ConfigureAwait(false)).Run;

    /// <summary>Reads a run with its latest metrics. <c>GET runs/get</c>.</summary>
    public async Task<MlflowRun> GetAsync(string runId, CancellationToken cancellation = default) => (await _transport.Get(
        Api + "runs/get", [("run_id", runId)], MlflowJson.Default.RunAnswer, cancellation).ConfigureAwait(false)).Run;

    /// <summary>Changes status, end time or name; null leaves a thing as it is. <c>POST runs/update</c>.</summary>
    public async Task<MlflowRunInfo> UpdateAsync(
        string runId, MlflowRunStatus? status = null, long? endTime = null, string? name = null,
        CancellationToken cancellation = default) => (await _transport.Send(
            HttpMethod.Post, Api + "runs/update", new UpdateRun(runId, status, endTime, name), MlflowJson.Default.UpdateRun,
            MlflowJson.Default.RunInfoAnswer,
            repeatable: true, cancellation).ConfigureAwait(false)).RunInfo;

    /// <summary>
    /// Logs metrics, parameters and tags, in as many requests as the server's limits need. A batch is taken whole or not at all, several are
    /// not: on failure earlier ones stay. Logging the same again changes nothing, so the whole call is safe to repeat. <c>POST runs/log-batch</c>.
    /// </summary>
    /// <exception cref="TrackingException">A key or value that the server would refuse or cut; nothing was sent.</exception>
    /// <exception cref="MlflowException">Among others a parameter that has another value already (<c>INVALID_PARAMETER_VALUE</c>).</exception>
    public async Task LogBatchAsync(
        string runId,
        IReadOnlyList<MlflowMetric>? metrics = null,
        IReadOnlyList<MlflowParam>? parameters = null,
        IReadOnlyList<MlflowTag>? tags = null,
        CancellationToken cancellation = default)
    {
        foreach (var body in LogBatchBodies.Split(runId, metrics ?? [], parameters ?? [], tags ?? []))
            await _transport.Post(Api + "runs/log-batch", body, cancellation).ConfigureAwait(false);
    }

    /// <summary>Sets a tag. <c>POST runs/set-tag</c>.</summary>
    public Task SetTagAsync(string runId, string key, string value, CancellationToken cancellation = default)
    {
        MlflowLimits.CheckKey(key, "tag");
        return _transport.Send(
            HttpMethod.Post, Api + "runs/set-tag", new RunTag(runId, key, value), MlflowJson.Default.RunTag, MlflowJson.Default.Empty,
            repeatable: true, cancellation);
    }

    /// <summary>Logs data sets that the run read, and logged models. The same again changes nothing. <c>POST runs/log-inputs</c>.</summary>
    /// <exception cref="TrackingException">A name or digest is too long for the server; nothing was sent.</exception>
    public async Task LogInputsAsync(
        string runId, IReadOnlyList<MlflowDatasetInput> datasets, IReadOnlyList<MlflowModelInput>? models = null,
        CancellationToken cancellation = default)
    {
        foreach (var input in datasets) Check(input.Dataset);
        foreach (var part in datasets.Chunk(MlflowLimits.DatasetsPerBatch).DefaultIfEmpty([]))
        {
            await _transport.Send(
                HttpMethod.Post, Api + "runs/log-inputs", new LogInputs(runId, part, models), MlflowJson.Default.LogInputs, MlflowJson.Default.Empty,
                repeatable: true, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Logs the models that the run made. A model that it has already is refused, so it is not repeated by itself. <c>POST runs/outputs</c>.</summary>
    public Task LogOutputsAsync(string runId, IReadOnlyList<MlflowModelOutput> models, CancellationToken cancellation = default) => _transport.Send(
        HttpMethod.Post, Api + "runs/outputs", new LogOutputs(runId, models), MlflowJson.Default.LogOutputs, MlflowJson.Default.Empty,
        repeatable: false, cancellation);

    /// <summary>Reads a page of a metric's history. <c>GET metrics/get-history</c>.</summary>
    /// <param name="runId">The run's id on the server.</param>
    /// <param name="key">The metric.</param>
    /// <param name="maxResults">At most this many on the page; the server gives none at all where it is not told.</param>
    /// <param name="pageToken">The last page's token; null for the first page.</param>
    /// <param name="cancellation">Ends the request.</param>
    public async Task<MlflowPage<MlflowMetric>> GetHistoryAsync(
        string runId, string key, int maxResults = 25_000, string? pageToken = null, CancellationToken cancellation = default)
    {
        var answer = await _transport.Get(
            Api + "metrics/get-history",
            [("run_id", runId), ("metric_key", key), ("max_results", maxResults.ToString(CultureInfo.InvariantCulture)), ("page_token", pageToken)],
            MlflowJson.Default.HistoryAnswer, cancellation).ConfigureAwait(false);
        return new(answer.Metrics ?? [], MlflowExperiments.Token(answer.NextPageToken));
    }

    /// <summary>Searches runs. <c>POST runs/search</c>.</summary>
    /// <param name="experimentIds">The experiments to search; at least one.</param>
    /// <param name="filter">Such as <c>metrics.`test/accuracy` &gt; 0.8 and tags.user = 'ann'</c>; null for all. Values stand in single
    /// quotes.</param>
    /// <param name="maxResults">At most this many on the page.</param>
    /// <param name="orderBy">Such as <c>metrics.`test/accuracy` DESC</c>; newest first where null.</param>
    /// <param name="pageToken">The last page's token; null for the first page.</param>
    /// <param name="cancellation">Ends the request.</param>
    public async Task<MlflowPage<MlflowRun>> SearchAsync(
        IReadOnlyList<string> experimentIds, string? filter = null, int maxResults = 1000, IReadOnlyList<string>? orderBy = null,
        string? pageToken = null,
        CancellationToken cancellation = default)
    {
        var answer = await _transport.Send(
            HttpMethod.Post, Api + "runs/search", new Search(filter, maxResults, orderBy, pageToken, experimentIds, RunViewType: "ACTIVE_ONLY"),
            MlflowJson.Default.Search, MlflowJson.Default.RunsAnswer, repeatable: true, cancellation).ConfigureAwait(false);
        return new(answer.Runs ?? [], MlflowExperiments.Token(answer.NextPageToken));
    }

    /// <summary>Deletes a run; it can be restored. <c>POST runs/delete</c>.</summary>
    public Task DeleteAsync(string runId, CancellationToken cancellation = default) => Change("runs/delete", runId, cancellation);

    /// <summary>Takes a deletion back. <c>POST runs/restore</c>.</summary>
    public Task RestoreAsync(string runId, CancellationToken cancellation = default) => Change("runs/restore", runId, cancellation);

    private Task<Empty> Change(string path, string runId, CancellationToken cancellation) => _transport.Send(
        HttpMethod.Post, Api + path, new RunIdOnly(runId), MlflowJson.Default.RunIdOnly, MlflowJson.Default.Empty, repeatable: true, cancellation);

    private static void Check(MlflowDataset dataset)
    {
        if (dataset.Name.Length is 0 or > MlflowLimits.DatasetName)
            throw new TrackingException(
                $"The name of a data set has {dataset.Name.Length} characters; the server takes 1 to {MlflowLimits.DatasetName}.");
        if (dataset.Digest.Length is 0 or > MlflowLimits.DatasetDigest)
            throw new TrackingException(
                $"The digest of data set {dataset.Name} has {dataset.Digest.Length} characters; the server takes 1 to {MlflowLimits.DatasetDigest}.");
        if (dataset.Source.Length > MlflowLimits.DatasetSource)
            throw new TrackingException(
                $"The source of data set {dataset.Name} has {dataset.Source.Length} characters; the server takes {MlflowLimits.DatasetSource}.");
    }
}
