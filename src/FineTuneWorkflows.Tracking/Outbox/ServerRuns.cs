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

    /// <summary>The page of a run; null as long as the server does not know it.</summary>
    internal static Uri? PageOf(OutboxQueue queue, MlflowClient client, string runId) =>
        queue.FindRun(runId) is { } run ? new Uri($"{client.Options.Address}/#/experiments/{run.ExperimentId}/runs/{run.MlflowRunId}") : null;

    /// <exception cref="RunHeldException">The server has the run or its experiment no more, or makes none.</exception>
    internal async Task<DeliveredRun> Of(long run, CancellationToken cancellation)
    {
        if (queue.FindRun(run) is { } known) return known;
        var ours = queue.Run(run);
        try
        {
            var found = await Find(ours, cancellation).ConfigureAwait(false);
            var delivered = new DeliveredRun(found.Info.RunId, found.Info.ExperimentId, found.Info.ArtifactUri);
            queue.RememberRun(run, delivered);
            // A run that is made anew keeps its parts.
            foreach (var child in queue.ChildrenOf(ours.RunId))
                await client.Runs.SetTagAsync(child.MlflowRunId, ParentTag, delivered.MlflowRunId, cancellation).ConfigureAwait(false);
            return delivered;
        }
        catch (MlflowException fault) when (Refusal.Is(fault))
        {
            _experiments.Clear(); // What is known of them may be out of date.
            await Experiment(ours, cancellation).ConfigureAwait(false);
            throw new RunHeldException(HoldReason.Refused, $"the server makes no run of it: {fault.Message}");
        }
    }

    /// <summary>Looks whether a refusal has to do with the run as a whole.</summary>
    /// <exception cref="RunHeldException">It was deleted, or is gone.</exception>
    internal async Task ThrowIfGone(DeliveredRun run, CancellationToken cancellation)
    {
        MlflowRunInfo info;
        try
        {
            info = (await client.Runs.GetAsync(run.MlflowRunId, cancellation).ConfigureAwait(false)).Info;
        }
        catch (MlflowException fault) when (fault.IsNotFound)
        {
            throw new RunHeldException(HoldReason.RunGone, $"its run {run.MlflowRunId} is gone from the server {client.Options.Address}");
        }

        if (info.LifecycleStage != "deleted") return;
        var experiment = await FindExperiment(info.ExperimentId, cancellation).ConfigureAwait(false);
        if (experiment is { LifecycleStage: "deleted" }) throw ExperimentDeleted(experiment);
        throw new RunHeldException(HoldReason.RunDeleted, $"its run {run.MlflowRunId} was deleted on the server {client.Options.Address}");
    }

    private const string ParentTag = "mlflow.parentRunId";

    private async Task<MlflowRun> Find(QueuedRun ours, CancellationToken cancellation)
    {
        var parent = ours.ParentRunId is { } parentId ? await Of(queue.Run(parentId).Id, cancellation).ConfigureAwait(false) : null;
        if (ours.MlflowRunId is { } given) return await Adopt(given, ours, cancellation).ConfigureAwait(false);
        var experiment = await Experiment(ours, cancellation).ConfigureAwait(false);
        var page = await client.Runs.SearchAsync(
            [experiment], $"tags.`{ServerText.RunIdTag}` = {ServerText.Quote(ours.RunId)}", maxResults: 1,
            cancellation: cancellation).ConfigureAwait(false);
        return page.Items.Count > 0 ? page.Items[0] : await Create(experiment, ours, parent, cancellation).ConfigureAwait(false);
    }

    /// <summary>Goes on with a run that the user named.</summary>
    private async Task<MlflowRun> Adopt(string given, QueuedRun ours, CancellationToken cancellation)
    {
        try
        {
            var run = await client.Runs.GetAsync(given, cancellation).ConfigureAwait(false);
            await ThrowIfGone(new DeliveredRun(run.Info.RunId, run.Info.ExperimentId, run.Info.ArtifactUri), cancellation).ConfigureAwait(false);
            await client.Runs.SetTagAsync(given, ServerText.RunIdTag, ours.RunId, cancellation).ConfigureAwait(false);
            await client.Runs.UpdateAsync(given, MlflowRunStatus.Running, name: mask.Mask(ours.Name), cancellation: cancellation).ConfigureAwait(false);
            return run;
        }
        catch (MlflowException fault) when (fault.IsNotFound)
        {
            throw new RunHeldException(
                HoldReason.RunGone, $"the server {client.Options.Address} has no run {given}, which MLFLOW_RUN_ID named when it ran");
        }
    }

    private Task<MlflowRun> Create(string experiment, QueuedRun ours, DeliveredRun? parent, CancellationToken cancellation)
    {
        var tags = new List<MlflowTag> { new(ServerText.RunIdTag, ours.RunId) };
        if (parent is not null) tags.Add(new(ParentTag, parent.MlflowRunId));
        return client.Runs.CreateAsync(experiment, mask.Mask(ours.Name), Math.Max(0, ours.Started.ToUnixTimeMilliseconds()), tags, cancellation);
    }

    private async Task<string> Experiment(QueuedRun ours, CancellationToken cancellation)
    {
        var (name, id) = ours is { Experiment: null, ExperimentId: null }
            ? (client.Options.ExperimentName, client.Options.ExperimentName is null ? client.Options.ExperimentId : null)
            : (ours.Experiment, ours.Experiment is null ? ours.ExperimentId : null);
        if (id is not null) return await ById(id, cancellation).ConfigureAwait(false);
        name = mask.Mask(name ?? MlflowOptions.DefaultExperiment);
        if (_experiments.TryGetValue(name, out var known)) return known;
        if (await client.Experiments.FindAsync(name, cancellation).ConfigureAwait(false) is { LifecycleStage: "deleted" } deleted) throw ExperimentDeleted(deleted);
        return _experiments[name] = await client.Experiments.GetOrCreateAsync(name, cancellation).ConfigureAwait(false);
    }

    private async Task<string> ById(string id, CancellationToken cancellation) =>
        await FindExperiment(id, cancellation).ConfigureAwait(false) switch
        {
            null => throw new RunHeldException(HoldReason.ExperimentGone, $"the server {client.Options.Address} has no experiment with the id {id}"),
            { LifecycleStage: "deleted" } deleted => throw ExperimentDeleted(deleted),
            var found => found.ExperimentId,
        };

    private async Task<MlflowExperiment?> FindExperiment(string id, CancellationToken cancellation)
    {
        try
        {
            return await client.Experiments.GetAsync(id, cancellation).ConfigureAwait(false);
        }
        catch (MlflowException fault) when (fault.IsNotFound || fault.ErrorCode == "INVALID_PARAMETER_VALUE")
        {
            return null; // An id that is no number is an invalid parameter.
        }
    }

    private RunHeldException ExperimentDeleted(MlflowExperiment experiment) =>
        new(HoldReason.ExperimentDeleted, $"its experiment '{experiment.Name}' was deleted on the server {client.Options.Address}");
}
