using FineTuneWorkflows.Cli.Commands.Predict;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Journals;
using FineTuneWorkflows.Stages;
using FineTuneWorkflows.Stages.Prediction;
using FineTuneWorkflows.Stages.Tracking;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Tracking;
using FineTuneWorkflows.Tracking.Export;
using FineTuneWorkflows.Tracking.Mlflow;
using FineTuneWorkflows.Tracking.Outbox;

namespace FineTuneWorkflows.Cli.Hosting;

/// <summary>The parts that the <c>finetune</c> program is made of.</summary>
internal static class StandardHost
{
    public static CliHost Create(TextWriter error, Func<StageCatalog> catalog) => new(catalog, home => new StageServices(home, HasServer ? () => Server() : null))
    {
        Observers = HasServer ? Delivered(error.WriteLine) : Recorded(error.WriteLine),
        Shared = HasServer ? Shared : null,
        Pinned = services => services.Registry.ReferencedDigests(),
        Predictor = (model, services, device, options) =>
            new StagePredictor(TextPredictor.Load(ModelLocator.Find(model, services.Home, services.Registry), device, options: options)),
        Locate = (model, services) => ModelLocator.Find(model, services.Home, services.Registry),
        Sync = SyncAsync,
        Export = (services, folder, cancellationToken) => Export(services, folder, error.WriteLine, cancellationToken),
    };

    private static bool HasServer => Environment.GetEnvironmentVariable("MLFLOW_TRACKING_URI") is { Length: > 0 };

    private static Func<StageServices, IReadOnlyList<IRunObserver>> Recorded(Action<string> say)
    {
        var destination = new TrackingDestination(oneRun: true);
        return services => [new RunSurroundings(services.Home, say, destination: destination), TrackingRecorder.For(services.Home, services, say)];
    }

    // In methods of their own: nothing of the client is loaded where no server is named.
    private static Func<StageServices, IReadOnlyList<IRunObserver>> Delivered(Action<string> say)
    {
        TrackingConnection? connection = null;
        var destination = new TrackingDestination(oneRun: true);
        return services => [new RunSurroundings(services.Home, say, destination: destination), new TrackingSession(services.Home, services, connection ??= new(services.Home, Server(), say, show: page => say($"MLflow  {page}")), say)];
    }

    private static string? Shared(StageServices services, string name, string digest)
    {
        var server = Server();
        return new OutboxQueue(services.Store, server).FindVersion(name, digest) is not { } version ? null
            : $"version {version.Version}{(version.Alias is { } alias ? $" @{alias}" : "")} on {server.Address}{(version is { Alias: null, Note: { } note } ? $"; {note}" : "")}";
    }

    private static MlflowOptions Server(string? to = null)
    {
        try
        {
            return MlflowOptions.FromEnvironment(to is null ? null : name => Of(name, to)) ?? throw new CommandException("deliver to which server? Give --to URI, or set MLFLOW_TRACKING_URI, such as http://127.0.0.1:5000");
        }
        catch (TrackingException e)
        {
            throw new CommandException(to is null ? e.Message : e.Message.Replace("MLFLOW_TRACKING_URI", "--to", StringComparison.Ordinal), innerException: e);
        }
    }

    // Credentials and ids belong to the server that the environment names, if it names one; another does not get to see them.
    private static string? Of(string name, string to)
    {
        if (name == "MLFLOW_TRACKING_URI")
            return to;
        var here = Environment.GetEnvironmentVariable("MLFLOW_TRACKING_URI");
        var own = name is "MLFLOW_TRACKING_USERNAME" or "MLFLOW_TRACKING_PASSWORD" or "MLFLOW_TRACKING_TOKEN" or "MLFLOW_EXPERIMENT_ID";
        return own && here is { Length: > 0 } && here.TrimEnd('/') != to.TrimEnd('/') ? null : Environment.GetEnvironmentVariable(name);
    }

    private static Task<(bool Delivered, string Message)> SyncAsync(StageServices services, SyncRequest request, CancellationToken cancellationToken) =>
        new TrackingSync(services.Home, services, Server(request.To)).RunAsync(request.To is not null, request.Refused, request.Timeout, cancellationToken);

    private static string Export(StageServices services, string folder, Action<string> say, CancellationToken cancellationToken)
    {
        Import(services, say, cancellationToken);
        var written = FileStoreExport.Write(services.Store, services.Registry, folder, cancellation: cancellationToken);
        return $"Wrote {written.Runs} runs with {written.Metrics} values of metrics, {written.Artifacts} files and {written.Versions} model versions to {folder}."
            + (written.Missing.Count > 0 ? $" {written.Missing.Count} files are gone and were left out." : "");
    }

    private static void Import(StageServices services, Action<string> say, CancellationToken cancellationToken)
    {
        foreach (var problem in new JournalImporter(services.Home, services.Store).ImportAll(cancellationToken))
            say($"warning: {problem}");
    }

    private sealed class StagePredictor(TextPredictor predictor) : ITextPredictor
    {
        public IReadOnlyList<TextPrediction> Predict(IReadOnlyList<TextExample> inputs, CancellationToken cancellationToken) =>
            predictor.Predict(inputs, Math.Max(1, inputs.Count), cancellationToken);

        public void Dispose() => predictor.Dispose();
    }
}
