using FineTuneWorkflows.Tracking.Mlflow.Entities;
using FineTuneWorkflows.Tracking.Mlflow.Transport;
using static FineTuneWorkflows.Tracking.Mlflow.Transport.MlflowTransport;

namespace FineTuneWorkflows.Tracking.Mlflow;

/// <summary>The endpoints below <c>/api/2.0/mlflow/logged-models</c>.</summary>
public sealed class MlflowLoggedModels
{
    private readonly MlflowTransport _transport;

    internal MlflowLoggedModels(MlflowTransport transport) => _transport = transport;

    /// <summary>
    /// Makes a logged model that waits for its files (<see cref="MlflowArtifacts"/>, at <see cref="MlflowLoggedModelInfo.ArtifactUri"/>).
    /// Not repeated by itself when its answer is lost. <c>POST logged-models</c>.
    /// </summary>
    public async Task<MlflowLoggedModel> CreateAsync(
        string experimentId, string name, string? sourceRunId = null, IReadOnlyList<MlflowParam>? parameters = null,
        IReadOnlyList<MlflowTag>? tags = null,
        string? modelType = null, CancellationToken cancellation = default) => (await _transport.Send(
            HttpMethod.Post, Api + "logged-models", new CreateLoggedModel(experimentId, name, modelType, sourceRunId, parameters, tags),
            MlflowJson.Default.CreateLoggedModel, MlflowJson.Default.LoggedModelAnswer, repeatable: false, cancellation).ConfigureAwait(false)).Model;

    /// <summary>Reads a logged model. <c>GET logged-models/{id}</c>.</summary>
    public async Task<MlflowLoggedModel> GetAsync(string modelId, CancellationToken cancellation = default) => (await _transport.Get(
        $"{Api}logged-models/{Uri.EscapeDataString(modelId)}", [], MlflowJson.Default.LoggedModelAnswer, cancellation).ConfigureAwait(false)).Model;

    /// <summary>Says that the files are complete, or that they will not come. <c>PATCH logged-models/{id}</c>.</summary>
    public async Task<MlflowLoggedModel> FinishAsync(string modelId, bool ready, CancellationToken cancellation = default) => (await _transport.Send(
        HttpMethod.Patch, $"{Api}logged-models/{Uri.EscapeDataString(modelId)}",
        new FinalizeLoggedModel(modelId, ready ? "LOGGED_MODEL_READY" : "LOGGED_MODEL_UPLOAD_FAILED"), MlflowJson.Default.FinalizeLoggedModel,
        MlflowJson.Default.LoggedModelAnswer, repeatable: true, cancellation).ConfigureAwait(false)).Model;

    /// <summary>Searches logged models. <c>POST logged-models/search</c>.</summary>
    /// <param name="experimentIds">The experiments to search; at least one.</param>
    /// <param name="filter">Such as <c>source_run_id = '...'</c> or <c>tags.`key` = 'value'</c>; null for all.</param>
    /// <param name="maxResults">At most this many on the page.</param>
    /// <param name="pageToken">The last page's token; null for the first page.</param>
    /// <param name="cancellation">Ends the request.</param>
    public async Task<MlflowPage<MlflowLoggedModel>> SearchAsync(
        IReadOnlyList<string> experimentIds, string? filter = null, int maxResults = 50, string? pageToken = null,
        CancellationToken cancellation = default)
    {
        var answer = await _transport.Send(
            HttpMethod.Post, Api + "logged-models/search", new SearchLoggedModels(experimentIds, filter, maxResults, null, pageToken),
            MlflowJson.Default.SearchLoggedModels, MlflowJson.Default.LoggedModelsAnswer, repeatable: true, cancellation).ConfigureAwait(false);
        return new(answer.Models ?? [], MlflowExperiments.Token(answer.NextPageToken));
    }

    /// <summary>Deletes a logged model. <c>DELETE logged-models/{id}</c>.</summary>
    public Task DeleteAsync(string modelId, CancellationToken cancellation = default) => _transport.Stream(
        HttpMethod.Delete, $"{Api}logged-models/{Uri.EscapeDataString(modelId)}", static () => null,
        static (response, token) => MlflowTransport.Read(response, MlflowJson.Default.Empty, token), cancellation);
}
