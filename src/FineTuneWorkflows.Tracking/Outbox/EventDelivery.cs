using System.Globalization;
using System.Text.Json.Nodes;
using FineTuneWorkflows.Tracking.Events;
using FineTuneWorkflows.Tracking.Mlflow;
using FineTuneWorkflows.Tracking.Mlflow.Entities;
using FineTuneWorkflows.Tracking.Models;
using FineTuneWorkflows.Tracking.Registry;

namespace FineTuneWorkflows.Tracking.Outbox;

/// <summary>Delivers the events that cannot be batched. Each is safe to deliver twice: what could be doubled is looked for first.</summary>
internal sealed class EventDelivery(OutboxQueue queue, MlflowClient client)
{
    internal Task Deliver(DeliveredRun run, TrackingEvent item, CancellationToken cancellation) => item switch
    {
        RunStarted => Task.CompletedTask, // The run was made to have an id for what follows.
        RunResumed => client.Runs.UpdateAsync(run.MlflowRunId, MlflowRunStatus.Running, cancellation: cancellation),
        RunEnded ended =>
            client.Runs.UpdateAsync(run.MlflowRunId, Status(ended.Status), ended.Time.ToUnixTimeMilliseconds(), cancellation: cancellation),
        DatasetUsed dataset => client.Runs.LogInputsAsync(run.MlflowRunId, [Input(dataset)], cancellation: cancellation),
        ArtifactProduced artifact => Upload(run, artifact, cancellation),
        ModelLogged model => Log(run, model, cancellation),
        ModelMeasured measured => Measure(run, measured, cancellation),
        RunDescribed described => Describe(run, described, cancellation),
        ModelRegistered registered => Register(run, registered, cancellation),
        ModelAliasMoved moved => Move(run, moved, cancellation),
        _ => throw new InvalidOperationException($"No delivery is known for {item.GetType().Name}."),
    };

    internal static string ShortDigest(string digest) => digest.Length <= MlflowLimits.DatasetDigest ? digest : digest[..MlflowLimits.DatasetDigest];

    internal static MlflowDatasetInput Input(DatasetUsed dataset)
    {
        var name = dataset.Name.Length <= MlflowLimits.DatasetName ? dataset.Name : dataset.Name[..MlflowLimits.DatasetName];
        // Python reads the source by its type: http and code have names of their own for the address.
        var source = new JsonObject { [dataset.SourceType == "http" ? "url" : "uri"] = dataset.Source }.ToJsonString();
        return new(
            new MlflowDataset(name, ShortDigest(dataset.Digest), dataset.SourceType, source, dataset.Schema, dataset.Profile),
            [new("mlflow.data.context", dataset.Context), new(ServerText.DigestTag, dataset.Digest)]);
    }

    internal static MlflowRunStatus Status(RunStatus status) => status switch
    {
        RunStatus.Finished => MlflowRunStatus.Finished,
        RunStatus.Failed => MlflowRunStatus.Failed,
        RunStatus.Killed => MlflowRunStatus.Killed,
        _ => MlflowRunStatus.Running,
    };

    private Task Upload(DeliveredRun run, ArtifactProduced artifact, CancellationToken cancellation)
    {
        if (Directory.Exists(artifact.LocalPath))
            return client.Artifacts.UploadFolderAsync(run.ArtifactUri, artifact.Path, artifact.LocalPath, cancellation: cancellation);
        var path = artifact.Path.Length > 0 ? artifact.Path : Path.GetFileName(artifact.LocalPath);
        return client.Artifacts.UploadAsync(run.ArtifactUri, path, artifact.LocalPath, cancellation: cancellation);
    }

    private async Task Log(DeliveredRun run, ModelLogged model, CancellationToken cancellation)
    {
        var logged = await Find(run, model.Digest, cancellation).ConfigureAwait(false)
            ?? await client.LoggedModels.CreateAsync(
                run.ExperimentId, model.Name, run.MlflowRunId,
                model.Parameters?.Select(pair => new MlflowParam(
                    ServerText.Key(pair.Key), ServerText.Cut(pair.Value, MlflowLimits.ParameterValue, "none"))).ToList(),
                [new(ServerText.DigestTag, model.Digest)],
                cancellation: cancellation).ConfigureAwait(false);
        if (logged.Info.Status != "LOGGED_MODEL_READY")
        {
            await client.Artifacts.UploadFolderAsync(logged.Info.ArtifactUri, "", model.LocalPath, cancellation: cancellation).ConfigureAwait(false);
            await Place(run, model, logged.Info, cancellation).ConfigureAwait(false);
            await client.LoggedModels.FinishAsync(logged.Info.ModelId, ready: true, cancellation).ConfigureAwait(false);
        }

        // The server refuses an output that it has.
        var known = (await client.Runs.GetAsync(run.MlflowRunId, cancellation).ConfigureAwait(false)).Outputs?.ModelOutputs ?? [];
        if (!known.Any(output => output.ModelId == logged.Info.ModelId))
            await client.Runs.LogOutputsAsync(run.MlflowRunId, [new(logged.Info.ModelId, model.Step)], cancellation).ConfigureAwait(false);
        var digest = model.DatasetDigest is { } full ? ShortDigest(full) : null;
        var metrics = (model.Metrics ?? new Dictionary<string, double>()).Select(pair => new MlflowMetric(
            ServerText.Key(pair.Key), pair.Value, model.Time.ToUnixTimeMilliseconds(), model.Step, logged.Info.ModelId, model.DatasetName,
            digest)).ToList();
        if (metrics.Count > 0) await client.Runs.LogBatchAsync(run.MlflowRunId, metrics, cancellation: cancellation).ConfigureAwait(false);
    }

    /// <summary>Puts in the server's ids, which are known only now, and which MLflow's tools read from the file.</summary>
    private async Task Place(DeliveredRun run, ModelLogged model, MlflowLoggedModelInfo info, CancellationToken cancellation)
    {
        var path = Path.Combine(model.LocalPath, MlModelFile.FileName);
        if (!File.Exists(path)) return;
        var text = await File.ReadAllTextAsync(path, cancellation).ConfigureAwait(false);
        await client.Artifacts.UploadTextAsync(
            info.ArtifactUri, MlModelFile.FileName, MlModelFile.Placed(text, info.ArtifactUri, run.MlflowRunId, info.ModelId, model.Time), cancellation).ConfigureAwait(false);
    }

    private async Task Measure(DeliveredRun run, ModelMeasured measured, CancellationToken cancellation)
    {
        var model = await FindAnywhere(run, measured.Digest, cancellation).ConfigureAwait(false);
        if (model is null || measured.Metrics.Count == 0) return;
        var digest = measured.DatasetDigest is { } full ? ShortDigest(full) : null;
        await client.Runs.LogBatchAsync(
            run.MlflowRunId,
            [.. measured.Metrics.Select(point => new MlflowMetric(
                ServerText.Key(point.Key), point.Value, Math.Max(0, point.Time.ToUnixTimeMilliseconds()), point.Step, model.Info.ModelId,
                measured.DatasetName, digest))],
            cancellation: cancellation).ConfigureAwait(false);
    }

    private Task Describe(DeliveredRun run, RunDescribed described, CancellationToken cancellation)
    {
        var text = described.With(id => ServerRuns.PageOf(queue, client, id) is { } page ? $"[{id}]({page})" : id);
        return client.Runs.LogBatchAsync(
            run.MlflowRunId, [], [], [new(RunDescribed.Tag, ServerText.Cut(text, MlflowLimits.TagValue, "summary.json"))], cancellation);
    }

    private async Task Register(DeliveredRun run, ModelRegistered registered, CancellationToken cancellation)
    {
        await client.Registry.EnsureAsync(registered.Name, registered.About, cancellation).ConfigureAwait(false);
        if (await FindVersion(registered.Name, registered.Digest, cancellation).ConfigureAwait(false) is { } known)
        {
            queue.RememberVersion(registered.Name, registered.Digest, known);
            return;
        }

        var model = await FindAnywhere(run, registered.Digest, cancellation).ConfigureAwait(false) ?? throw new TrackingException(
            $"Version {registered.Version} of model {registered.Name} cannot be registered: its logged model is not on the server {client.Options.Address}. "
            + "Deliver the run that made it, `finetune sync --to` with this address, then `finetune sync --retry`.");
        var tags = new List<MlflowTag>
        {
            new(ServerText.DigestTag, registered.Digest),
            new(ServerText.VersionTag, registered.Version.ToString(CultureInfo.InvariantCulture)),
        };
        tags.AddRange((registered.Tags ?? []).Select(pair => new MlflowTag(ServerText.Key(pair.Key), pair.Value)));
        var made = await client.Registry.CreateVersionAsync(
            registered.Name, $"models:/{model.Info.ModelId}", run.MlflowRunId, model.Info.ModelId, registered.Description, tags,
            cancellation).ConfigureAwait(false);
        queue.RememberVersion(registered.Name, registered.Digest, made.Version);
    }

    /// <summary>
    /// Compare and set, as far as the server goes along: where the alias points to another version than the one that the gate was asked about here, the gate is asked again; and who points it is read
    /// back. What came of it stands as tags with the version and the run.
    /// </summary>
    private async Task Move(DeliveredRun run, ModelAliasMoved moved, CancellationToken cancellation)
    {
        var version = await FindVersion(moved.Name, moved.Digest, cancellation).ConfigureAwait(false) ?? throw new TrackingException(
            $"Alias {moved.Alias} cannot point to version {moved.Version} of model {moved.Name}: it is not on the server.");
        var now = await client.Registry.FindAliasAsync(moved.Name, moved.Alias, cancellation).ConfigureAwait(false);
        if (now?.Version != version)
        {
            if (await Contradicts(moved, now, cancellation).ConfigureAwait(false) is { } why)
            {
                await Told(run, moved, version, $"{moved.Alias} stays at version {now!.Version} on the server: {why}", points: false, cancellation).ConfigureAwait(false);
                return;
            }

            await client.Registry.SetAliasAsync(moved.Name, moved.Alias, version, cancellation).ConfigureAwait(false);
            var after = await client.Registry.FindAliasAsync(moved.Name, moved.Alias, cancellation).ConfigureAwait(false);
            if (after?.Version != version)
            {
                await Told(run, moved, version, $"{moved.Alias} points to version {after?.Version ?? "none"}: somebody else moved it at the same time", points: false, cancellation).ConfigureAwait(false);
                return;
            }
        }

        await Told(run, moved, version, now is null || now.Version == version ? $"{moved.Alias} points to it" : $"{moved.Alias} moved from version {now.Version} to it", points: true, cancellation)
            .ConfigureAwait(false);
    }

    /// <summary>Why an alias must not leave the version that it points to on the server; null where it may.</summary>
    private async Task<string?> Contradicts(ModelAliasMoved moved, MlflowModelVersion? now, CancellationToken cancellation)
    {
        if (moved.Gate is null || now is null) return null;
        if (moved.Asked == client.Options.Address && moved.Before?.ToString(CultureInfo.InvariantCulture) == now.Version) return null;
        var champion = await SharedVersions.OfAsync(client, now, cancellation).ConfigureAwait(false);
        var candidate = new ModelVersion(
            moved.Name, moved.Version, moved.Digest, moved.RunId, null, default, moved.Metrics ?? new Dictionary<string, double>(), [], []);
        var result = ModelGate.Parse(moved.Gate).Evaluate(candidate, champion.Version, champion.Server);
        return result.Holds ? null : result.Explanation;
    }

    private async Task Told(DeliveredRun run, ModelAliasMoved moved, string version, string what, bool points, CancellationToken cancellation)
    {
        var text = ServerText.Cut(what, MlflowLimits.TagValue, "none");
        await client.Registry.SetVersionTagAsync(moved.Name, version, $"finetune.alias.{moved.Alias}", text, cancellation).ConfigureAwait(false);
        await client.Runs.SetTagAsync(run.MlflowRunId, $"model.alias.{moved.Alias}", text, cancellation).ConfigureAwait(false);
        queue.RememberVersion(moved.Name, moved.Digest, version, points ? moved.Alias : null, what);
    }

    /// <summary>A model that this run made, or one before it.</summary>
    private async Task<MlflowLoggedModel?> FindAnywhere(DeliveredRun run, string digest, CancellationToken cancellation)
    {
        foreach (var maker in queue.RunsOfModel(digest).Prepend(run))
            if (await Find(maker, digest, cancellation).ConfigureAwait(false) is { } found) return found;
        return null;
    }

    private async Task<MlflowLoggedModel?> Find(DeliveredRun run, string digest, CancellationToken cancellation)
    {
        var page = await client.LoggedModels.SearchAsync(
            [run.ExperimentId], $"source_run_id = '{run.MlflowRunId}' AND tags.`{ServerText.DigestTag}` = {ServerText.Quote(digest)}",
            maxResults: 1, cancellation: cancellation).ConfigureAwait(false);
        return page.Items.Count > 0 ? page.Items[0] : null;
    }

    private async Task<string?> FindVersion(string name, string digest, CancellationToken cancellation)
    {
        var page = await client.Registry.SearchVersionsAsync(
            $"name = {ServerText.Quote(name)} AND tags.`{ServerText.DigestTag}` = {ServerText.Quote(digest)}", maxResults: 1,
            cancellation: cancellation).ConfigureAwait(false);
        return page.Items.Count > 0 ? page.Items[0].Version : null;
    }
}
