using FineTuneWorkflows.Tracking.Events;
using FineTuneWorkflows.Tracking.Mlflow;
using FineTuneWorkflows.Tracking.Mlflow.Entities;

namespace FineTuneWorkflows.Tracking.Outbox;

/// <summary>
/// Finds or makes the run on the server for a run of ours. Each run carries our id as a tag and is searched for before one is made, so
/// neither a lost answer nor a lost <c>state.db</c> makes a second one.
/// </summary>
internal sealed class ServerRuns(OutboxQueue queue, MlflowClient client, SecretMask mask)
{
    private readonly Dictionary<string, string> _experiments = new(StringComparer.Ordinal);
    private readonly string _server = AddressOf(client);

    /// <summary>The server's address without credentials, as the store knows it.</summary>
    internal static string AddressOf(MlflowClient client) => new UriBuilder(client.Options.TrackingUri) { UserName = "", Password = "" }.Uri.AbsoluteUri.TrimEnd('/');

    /// <summary>The page of a run; null as long as the server does not know it.</summary>
    internal static Uri? PageOf(OutboxQueue queue, MlflowClient client, string runId)
    {
        var server = AddressOf(client);
        return queue.FindRun(server, runId) is { } run ? new Uri($"{server}/#/experiments/{run.ExperimentId}/runs/{run.MlflowRunId}") : null;
    }

    internal async Task<DeliveredRun> Of(long run, CancellationToken cancellation)
    {
        if (queue.FindRun(_server, run) is { } known) return known;
        var ours = queue.Run(run);
        var parent = ours.ParentRunId is { } parentId ? await Of(queue.Run(parentId).Id, cancellation).ConfigureAwait(false) : null;
        var experiment = await Experiment(mask.Mask(ours.Experiment ?? client.Options.ExperimentName), cancellation).ConfigureAwait(false);
        var page = await client.Runs.SearchAsync(
            [experiment], $"tags.`{ServerText.RunIdTag}` = {ServerText.Quote(ours.RunId)}", maxResults: 1,
            cancellation: cancellation).ConfigureAwait(false);
        var found = page.Items.Count > 0
            ? page.Items[0]
            : await Create(experiment, ours.RunId, ours.Name, ours.Started, parent, cancellation).ConfigureAwait(false);
        var delivered = new DeliveredRun(found.Info.RunId, found.Info.ExperimentId, found.Info.ArtifactUri);
        queue.RememberRun(_server, run, delivered);
        return delivered;
    }

    private Task<MlflowRun> Create(
        string experiment, string runId, string name, DateTimeOffset started, DeliveredRun? parent, CancellationToken cancellation)
    {
        var tags = new List<MlflowTag> { new(ServerText.RunIdTag, runId) };
        if (parent is not null) tags.Add(new("mlflow.parentRunId", parent.MlflowRunId));
        return client.Runs.CreateAsync(experiment, mask.Mask(name), Math.Max(0, started.ToUnixTimeMilliseconds()), tags, cancellation);
    }

    private async Task<string> Experiment(string name, CancellationToken cancellation)
    {
        if (!_experiments.TryGetValue(name, out var id))
            _experiments[name] = id = await client.Experiments.GetOrCreateAsync(name, cancellation).ConfigureAwait(false);
        return id;
    }
}
