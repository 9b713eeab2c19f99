using FineTuneWorkflows.Tracking.Mlflow.Entities;
using FineTuneWorkflows.Tracking.Mlflow.Transport;
using static FineTuneWorkflows.Tracking.Mlflow.Transport.MlflowTransport;

namespace FineTuneWorkflows.Tracking.Mlflow;

/// <summary>The endpoints below <c>/api/2.0/mlflow/experiments</c>.</summary>
public sealed class MlflowExperiments
{
    private readonly MlflowTransport _transport;

    internal MlflowExperiments(MlflowTransport transport) => _transport = transport;

    /// <summary>
    /// Makes an experiment and gives its id. <c>POST experiments/create</c>. A name that is taken is refused (<see
    /// cref="MlflowException.IsAlreadyThere"/>).
    /// </summary>
    public async Task<string> CreateAsync(
        string name, string? artifactLocation = null, IReadOnlyList<MlflowTag>? tags = null, CancellationToken cancellation = default)
    {
        Check(name);
        return (await _transport.Send(
            HttpMethod.Post, Api + "experiments/create", new CreateExperiment(name, artifactLocation, tags), MlflowJson.Default.CreateExperiment,
            MlflowJson.Default.ExperimentKey, repeatable: false, cancellation).ConfigureAwait(false)).ExperimentId;
    }

    /// <summary>Reads an experiment. <c>GET experiments/get</c>.</summary>
    public async Task<MlflowExperiment> GetAsync(string experimentId, CancellationToken cancellation = default) => (await _transport.Get(
        Api + "experiments/get", [("experiment_id", experimentId)], MlflowJson.Default.ExperimentAnswer,
        cancellation).ConfigureAwait(false)).Experiment;

    /// <summary>Finds an experiment by name, a deleted one too; null where there is none. <c>GET experiments/get-by-name</c>.</summary>
    public async Task<MlflowExperiment?> FindAsync(string name, CancellationToken cancellation = default)
    {
        Check(name);
        try
        {
            return (await _transport.Get(
                Api + "experiments/get-by-name", [("experiment_name", name)], MlflowJson.Default.ExperimentAnswer,
                cancellation).ConfigureAwait(false)).Experiment;
        }
        catch (MlflowException fault) when (fault.ErrorCode == "RESOURCE_DOES_NOT_EXIST")
        {
            return null;
        }
    }

    /// <summary>Gives the id of the experiment with this name; makes it where it is missing. Several may ask at once.</summary>
    /// <exception cref="MlflowException">Among others when the experiment was deleted: it must be restored, or another name taken.</exception>
    public async Task<string> GetOrCreateAsync(string name, CancellationToken cancellation = default)
    {
        for (var again = false; ; again = true)
        {
            if (await FindAsync(name, cancellation).ConfigureAwait(false) is { } found)
            {
                return found.LifecycleStage == "deleted"
                    ? throw new MlflowException(
                        $"The experiment '{name}' was deleted on the server. Restore it there, or set MLFLOW_EXPERIMENT_NAME to another name.",
                        "INVALID_STATE")
                    : found.ExperimentId;
            }

            try
            {
                return await CreateAsync(name, cancellation: cancellation).ConfigureAwait(false);
            }
            catch (MlflowException fault) when (!again && (fault.IsAlreadyThere || fault.MayHaveHappened))
            {
                continue; // Somebody else made it, or this request did and its answer was lost.
            }
        }
    }

    /// <summary>Searches experiments. <c>POST experiments/search</c>.</summary>
    /// <param name="filter">Such as <c>name LIKE 'senti%'</c>; null for all.</param>
    /// <param name="maxResults">At most this many on the page.</param>
    /// <param name="orderBy">Such as <c>last_update_time DESC</c>.</param>
    /// <param name="pageToken">The last page's <see cref="MlflowPage{T}.NextPageToken"/>; null for the first page.</param>
    /// <param name="cancellation">Ends the request.</param>
    public async Task<MlflowPage<MlflowExperiment>> SearchAsync(
        string? filter = null, int maxResults = 1000, IReadOnlyList<string>? orderBy = null, string? pageToken = null,
        CancellationToken cancellation = default)
    {
        var answer = await _transport.Send(
            HttpMethod.Post, Api + "experiments/search", new Search(filter, maxResults, orderBy, pageToken, null, ViewType: "ACTIVE_ONLY"),
            MlflowJson.Default.Search, MlflowJson.Default.ExperimentsAnswer, repeatable: true, cancellation).ConfigureAwait(false);
        return new(answer.Experiments ?? [], Token(answer.NextPageToken));
    }

    /// <summary>Renames an experiment. <c>POST experiments/update</c>.</summary>
    public Task RenameAsync(string experimentId, string newName, CancellationToken cancellation = default)
    {
        Check(newName);
        return _transport.Send(
            HttpMethod.Post, Api + "experiments/update", new UpdateExperiment(experimentId, newName), MlflowJson.Default.UpdateExperiment,
            MlflowJson.Default.Empty, repeatable: true, cancellation);
    }

    /// <summary>Sets a tag. <c>POST experiments/set-experiment-tag</c>.</summary>
    public Task SetTagAsync(string experimentId, string key, string value, CancellationToken cancellation = default)
    {
        MlflowLimits.CheckKey(key, "tag");
        return _transport.Send(
            HttpMethod.Post, Api + "experiments/set-experiment-tag", new ExperimentTag(experimentId, key, value), MlflowJson.Default.ExperimentTag,
            MlflowJson.Default.Empty, repeatable: true, cancellation);
    }

    /// <summary>Deletes an experiment with its runs; it can be restored. <c>POST experiments/delete</c>.</summary>
    public Task DeleteAsync(string experimentId, CancellationToken cancellation = default) =>
        Change("experiments/delete", experimentId, cancellation);

    /// <summary>Takes a deletion back. <c>POST experiments/restore</c>.</summary>
    public Task RestoreAsync(string experimentId, CancellationToken cancellation = default) =>
        Change("experiments/restore", experimentId, cancellation);

    internal static string? Token(string? token) => string.IsNullOrEmpty(token) ? null : token;

    private Task<Empty> Change(string path, string experimentId, CancellationToken cancellation) => _transport.Send(
        HttpMethod.Post, Api + path, new ExperimentKey(experimentId), MlflowJson.Default.ExperimentKey, MlflowJson.Default.Empty, repeatable: false,
        cancellation);

    private static void Check(string name)
    {
        if (string.IsNullOrWhiteSpace(name)) throw new TrackingException("The name of an experiment must not be empty.");
        if (name.Length > MlflowLimits.ExperimentName)
            throw new TrackingException(
                $"The name of an experiment has {name.Length} characters ('{name[..40]}...'); the server takes {MlflowLimits.ExperimentName}.");
    }
}
