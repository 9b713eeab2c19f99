using FineTuneWorkflows.Cli.Commands.Predict;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Homes;
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
    public static CliHost Create(TextWriter error, Func<StageCatalog> catalog) => new(catalog, home => new StageServices(home))
    {
        Observers = (home, services) => Environment.GetEnvironmentVariable("MLFLOW_TRACKING_URI") is { Length: > 0 }
            ? Delivered(home, (StageServices)services, error.WriteLine)
            : [new RunSurroundings(home, error.WriteLine), TrackingRecorder.For(home, (StageServices)services, error.WriteLine)],
        Pinned = (_, services) => ((StageServices)services).Registry.ReferencedDigests(),
        Predictor = (model, home, services, device, options) =>
            new StagePredictor(TextPredictor.Load(ModelLocator.Find(model, home, ((StageServices)services).Registry), device, options: options)),
        Locate = (model, home, services) => ModelLocator.Find(model, home, ((StageServices)services).Registry),
        Sync = (home, services, timeout, cancellationToken) => SyncAsync(home, (StageServices)services, timeout, error.WriteLine, cancellationToken),
        Export = (home, services, folder, cancellationToken) => Export(home, (StageServices)services, folder, error.WriteLine, cancellationToken),
    };

    // In a method of its own: nothing of the client is loaded where no server is named.
    private static IRunObserver[] Delivered(Home home, StageServices services, Action<string> say) =>
        [new RunSurroundings(home, say), new TrackingSession(home, services, Server(), say)];

    private static MlflowOptions Server()
    {
        try
        {
            return MlflowOptions.FromEnvironment() ?? throw new CommandException("deliver to which server? Set MLFLOW_TRACKING_URI, such as http://127.0.0.1:5000");
        }
        catch (TrackingException e)
        {
            throw new CommandException(e.Message, innerException: e);
        }
    }

    private static async Task<(bool Delivered, string Message)> SyncAsync(Home home, StageServices services, TimeSpan timeout, Action<string> say, CancellationToken cancellationToken)
    {
        var server = Server();
        Import(home, services, say, cancellationToken);
        await using var shipper = OutboxShipper.Start(home.StateDatabase, server);
        var before = shipper.Status();
        var left = await shipper.FlushAsync(timeout, cancellationToken).ConfigureAwait(false);
        return left.IsDelivered
            ? (true, $"Delivered {before.Events} events, {before.Metrics} values of metrics among them, to {server}.")
            : (false, TrackingSession.Undelivered(left, shipper.LastFault));
    }

    private static string Export(Home home, StageServices services, string folder, Action<string> say, CancellationToken cancellationToken)
    {
        Import(home, services, say, cancellationToken);
        var written = FileStoreExport.Write(services.Store, services.Registry, folder, cancellation: cancellationToken);
        return $"Wrote {written.Runs} runs with {written.Metrics} values of metrics, {written.Artifacts} files and {written.Versions} model versions to {folder}."
            + (written.Missing.Count > 0 ? $" {written.Missing.Count} files are gone and were left out." : "");
    }

    private static void Import(Home home, StageServices services, Action<string> say, CancellationToken cancellationToken)
    {
        foreach (var problem in new JournalImporter(home, services.Store).ImportAll(cancellationToken))
            say($"warning: {problem}");
    }

    private sealed class StagePredictor(TextPredictor predictor) : ITextPredictor
    {
        public IReadOnlyList<TextPrediction> Predict(IReadOnlyList<TextExample> inputs, CancellationToken cancellationToken) =>
            predictor.Predict(inputs, Math.Max(1, inputs.Count), cancellationToken);

        public void Dispose() => predictor.Dispose();
    }
}
