using FineTuneWorkflows.Tracking.Mlflow.Transport;

namespace FineTuneWorkflows.Tracking.Mlflow;

/// <summary>
/// A client for the REST API of an MLflow 3 server. Every member may be called from several threads, can be cancelled, and throws
/// <see cref="MlflowException"/> when the server refuses or cannot be reached. Requests that are safe to repeat are repeated a few times
/// when they fail for a passing reason (no connection, a time-out, 408, 429, 5xx, half an answer); <c>Retry-After</c> is honoured.
/// </summary>
public sealed class MlflowClient : IDisposable
{
    private readonly MlflowTransport _transport;

    /// <summary>Makes a client with connections of its own.</summary>
    /// <exception cref="TrackingException">The certificate file of the options cannot be read.</exception>
    public MlflowClient(MlflowOptions options) : this(HttpClients.Create(options), options) { }

    /// <summary>Makes a client on the caller's handler, for tests, proxies and client certificates. TLS options do not apply then.</summary>
    public MlflowClient(MlflowOptions options, HttpMessageHandler handler, bool disposeHandler = true)
        : this(HttpClients.Configure(new HttpClient(handler, disposeHandler), options), options) { }

    private MlflowClient(HttpClient http, MlflowOptions options)
    {
        _transport = new MlflowTransport(http, options, TimeProvider.System);
        Options = options;
        Experiments = new MlflowExperiments(_transport);
        Runs = new MlflowRuns(_transport);
        Artifacts = new MlflowArtifacts(_transport);
        LoggedModels = new MlflowLoggedModels(_transport);
        Registry = new MlflowRegistry(_transport);
    }

    /// <summary>How it was made.</summary>
    public MlflowOptions Options { get; }

    /// <summary>Experiments.</summary>
    public MlflowExperiments Experiments { get; }

    /// <summary>Runs with their metrics, parameters, tags, inputs and outputs.</summary>
    public MlflowRuns Runs { get; }

    /// <summary>Files of runs and logged models, up and down.</summary>
    public MlflowArtifacts Artifacts { get; }

    /// <summary>Logged models.</summary>
    public MlflowLoggedModels LoggedModels { get; }

    /// <summary>Registered models, their versions and aliases.</summary>
    public MlflowRegistry Registry { get; }

    /// <summary>Asks for the server's version, such as <c>3.11.1</c>. <c>GET /version</c>.</summary>
    public Task<string> GetServerVersionAsync(CancellationToken cancellation = default) => _transport.Stream(
        HttpMethod.Get, "version", static () => null, static async (response, token) =>
            (await response.Content.ReadAsStringAsync(token).ConfigureAwait(false)).Trim(), cancellation);

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _transport.Dispose();
}
