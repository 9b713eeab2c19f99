using System.Globalization;
using FineTuneWorkflows.Tracking.Mlflow.Entities;
using FineTuneWorkflows.Tracking.Mlflow.Transport;
using FineTuneWorkflows.Tracking.Registry;
using static FineTuneWorkflows.Tracking.Mlflow.Transport.MlflowTransport;

namespace FineTuneWorkflows.Tracking.Mlflow;

/// <summary>
/// The endpoints below <c>/api/2.0/mlflow/registered-models</c> and <c>model-versions</c>. The old stages (Staging, Production) are
/// deprecated by MLflow and left out: use aliases.
/// </summary>
public sealed class MlflowRegistry
{
    private readonly MlflowTransport _transport;

    internal MlflowRegistry(MlflowTransport transport) => _transport = transport;

    /// <summary>
    /// Makes a registered model. A name that is taken is refused (<see cref="MlflowException.IsAlreadyThere"/>). <c>POST
    /// registered-models/create</c>.
    /// </summary>
    /// <exception cref="TrackingException">The name is not allowed (<see cref="RegistryNames"/>).</exception>
    public async Task<MlflowRegisteredModel> CreateAsync(
        string name, string? description = null, IReadOnlyList<MlflowTag>? tags = null, CancellationToken cancellation = default)
    {
        RegistryNames.CheckModel(name);
        return (await _transport.Send(
            HttpMethod.Post, Api + "registered-models/create", new CreateRegisteredModel(name, description, tags),
            MlflowJson.Default.CreateRegisteredModel,
            MlflowJson.Default.RegisteredModelAnswer, repeatable: false, cancellation).ConfigureAwait(false)).RegisteredModel;
    }

    /// <summary>Makes a registered model where it is missing. Several may ask at once.</summary>
    /// <param name="name">The name.</param>
    /// <param name="description">For people; one that is there is left alone. Null for none.</param>
    /// <param name="cancellation">Ends the request.</param>
    public async Task EnsureAsync(string name, string? description = null, CancellationToken cancellation = default)
    {
        try
        {
            var known = await GetAsync(name, cancellation).ConfigureAwait(false);
            if (string.IsNullOrEmpty(known.Description) && description is not null) await DescribeAsync(name, description, cancellation).ConfigureAwait(false);
        }
        catch (MlflowException missing) when (missing.IsNotFound)
        {
            try
            {
                await CreateAsync(name, description, cancellation: cancellation).ConfigureAwait(false);
            }
            catch (MlflowException fault) when (fault.IsAlreadyThere)
            {
                return; // Somebody else was faster.
            }
        }
    }

    /// <summary>Reads a registered model with its aliases. <c>GET registered-models/get</c>.</summary>
    public async Task<MlflowRegisteredModel> GetAsync(string name, CancellationToken cancellation = default) => (await _transport.Get(
        Api + "registered-models/get", [("name", name)], MlflowJson.Default.RegisteredModelAnswer,
        cancellation).ConfigureAwait(false)).RegisteredModel;

    /// <summary>Searches registered models. <c>GET registered-models/search</c>.</summary>
    public async Task<MlflowPage<MlflowRegisteredModel>> SearchAsync(
        string? filter = null, int maxResults = 100, string? pageToken = null, CancellationToken cancellation = default)
    {
        var answer = await _transport.Get(
            Api + "registered-models/search", [("filter", filter), ("max_results", Number(maxResults)), ("page_token", pageToken)],
            MlflowJson.Default.RegisteredModelsAnswer, cancellation).ConfigureAwait(false);
        return new(answer.RegisteredModels ?? [], MlflowExperiments.Token(answer.NextPageToken));
    }

    /// <summary>Describes a registered model. <c>PATCH registered-models/update</c>.</summary>
    public Task DescribeAsync(string name, string description, CancellationToken cancellation = default) => _transport.Send(
        HttpMethod.Patch, Api + "registered-models/update", new UpdateRegisteredModel(name, description), MlflowJson.Default.UpdateRegisteredModel,
        MlflowJson.Default.RegisteredModelAnswer, repeatable: true, cancellation);

    /// <summary>Sets a tag of a registered model. <c>POST registered-models/set-tag</c>.</summary>
    public Task SetTagAsync(string name, string key, string value, CancellationToken cancellation = default) => _transport.Send(
        HttpMethod.Post, Api + "registered-models/set-tag", new RegisteredModelTag(name, key, value), MlflowJson.Default.RegisteredModelTag,
        MlflowJson.Default.Empty, repeatable: true, cancellation);

    /// <summary>Deletes a registered model with all its versions, for good. <c>DELETE registered-models/delete</c>.</summary>
    public Task DeleteAsync(string name, CancellationToken cancellation = default) => _transport.Send(
        HttpMethod.Delete, Api + "registered-models/delete", new RegisteredModelName(name), MlflowJson.Default.RegisteredModelName,
        MlflowJson.Default.Empty, repeatable: false, cancellation);

    /// <summary>Makes the next version. Not repeated by itself when its answer is lost. <c>POST model-versions/create</c>.</summary>
    /// <param name="name">The registered model, which must exist.</param>
    /// <param name="source">Where the files are: <c>models:/m-...</c>, or a run's artifact address.</param>
    /// <param name="runId">The run that made it; the server refuses a local source without it.</param>
    /// <param name="modelId">The logged model that it is.</param>
    /// <param name="description">For people.</param>
    /// <param name="tags">Tags of the version.</param>
    /// <param name="cancellation">Ends the request.</param>
    public async Task<MlflowModelVersion> CreateVersionAsync(
        string name, string source, string? runId = null, string? modelId = null, string? description = null, IReadOnlyList<MlflowTag>? tags = null,
        CancellationToken cancellation = default) => (await _transport.Send(
            HttpMethod.Post, Api + "model-versions/create", new CreateModelVersion(name, source, runId, modelId, description, tags),
            MlflowJson.Default.CreateModelVersion, MlflowJson.Default.ModelVersionAnswer, repeatable: false,
            cancellation).ConfigureAwait(false)).ModelVersion;

    /// <summary>Reads a version. <c>GET model-versions/get</c>.</summary>
    public async Task<MlflowModelVersion> GetVersionAsync(string name, string version, CancellationToken cancellation = default) =>
        (await _transport.Get(
        Api + "model-versions/get", [("name", name), ("version", version)], MlflowJson.Default.ModelVersionAnswer,
        cancellation).ConfigureAwait(false)).ModelVersion;

    /// <summary>Searches versions, such as <c>name = 'sentiment' and tags.`key` = 'value'</c>. <c>GET model-versions/search</c>.</summary>
    public async Task<MlflowPage<MlflowModelVersion>> SearchVersionsAsync(
        string? filter = null, int maxResults = 1000, string? pageToken = null, CancellationToken cancellation = default)
    {
        var answer = await _transport.Get(
            Api + "model-versions/search", [("filter", filter), ("max_results", Number(maxResults)), ("page_token", pageToken)],
            MlflowJson.Default.ModelVersionsAnswer, cancellation).ConfigureAwait(false);
        return new(answer.ModelVersions ?? [], MlflowExperiments.Token(answer.NextPageToken));
    }

    /// <summary>Sets a tag of a version. <c>POST model-versions/set-tag</c>.</summary>
    public Task SetVersionTagAsync(string name, string version, string key, string value, CancellationToken cancellation = default) =>
        _transport.Send(
        HttpMethod.Post, Api + "model-versions/set-tag", new ModelVersionTag(name, version, key, value), MlflowJson.Default.ModelVersionTag,
        MlflowJson.Default.Empty, repeatable: true, cancellation);

    /// <summary>Deletes a version, for good. <c>DELETE model-versions/delete</c>.</summary>
    public Task DeleteVersionAsync(string name, string version, CancellationToken cancellation = default) => _transport.Send(
        HttpMethod.Delete, Api + "model-versions/delete", new ModelVersionName(name, version), MlflowJson.Default.ModelVersionName,
        MlflowJson.Default.Empty, repeatable: false, cancellation);

    /// <summary>Points an alias to a version. <c>POST registered-models/alias</c>.</summary>
    /// <exception cref="TrackingException">The alias is not allowed (<see cref="RegistryNames"/>).</exception>
    public Task SetAliasAsync(string name, string alias, string version, CancellationToken cancellation = default)
    {
        RegistryNames.CheckAlias(alias);
        return _transport.Send(
            HttpMethod.Post, Api + "registered-models/alias", new SetAlias(name, alias, version), MlflowJson.Default.SetAlias,
            MlflowJson.Default.Empty,
            repeatable: true, cancellation);
    }

    /// <summary>Finds the version that an alias points to; null where there is no such alias. <c>GET registered-models/alias</c>.</summary>
    public async Task<MlflowModelVersion?> FindAliasAsync(string name, string alias, CancellationToken cancellation = default)
    {
        try
        {
            return (await _transport.Get(
                Api + "registered-models/alias", [("name", name), ("alias", alias)], MlflowJson.Default.ModelVersionAnswer,
                cancellation).ConfigureAwait(false)).ModelVersion;
        }
        catch (MlflowException fault) when (fault.IsNotFound || fault.ErrorCode == "INVALID_PARAMETER_VALUE")
        {
            return null; // The server calls an alias that is not there an invalid parameter.
        }
    }

    /// <summary>Takes an alias away; one that is not there is no error. <c>DELETE registered-models/alias</c>.</summary>
    public Task DeleteAliasAsync(string name, string alias, CancellationToken cancellation = default) => _transport.Send(
        HttpMethod.Delete, Api + "registered-models/alias", new DeleteAlias(name, alias), MlflowJson.Default.DeleteAlias, MlflowJson.Default.Empty,
        repeatable: true, cancellation);

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
