using System.Collections.Concurrent;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Journals;
using FineTuneWorkflows.Server.Hosting;
using FineTuneWorkflows.Server.Observability;
using FineTuneWorkflows.Stages;
using FineTuneWorkflows.Stages.Tracking;
using FineTuneWorkflows.Tracking;
using FineTuneWorkflows.Tracking.Outbox;

namespace FineTuneWorkflows.Server.Runs;

/// <summary>
/// Has the journals of runs imported into the tracking outbox while they grow, and delivered to an MLflow server where one is named. Stages never wait for it, and nothing that goes wrong here reaches
/// them: the journals keep everything, and the next turn goes on where the last one stopped.
/// </summary>
internal sealed class RunTracking(Home home, StageServices services, ServerOptions options, ILogger<RunTracking> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, bool> grown = new(StringComparer.Ordinal);
    private OutboxShipper? shipper;

    /// <summary>What a run tells its events.</summary>
    public IRunObserver Of(string runId) => new Note(this, runId);

    /// <summary>The run's page on the MLflow server; null where there is none, or not yet.</summary>
    public Uri? PageOf(string runId)
    {
        try
        {
            return shipper?.PageOf(runId);
        }
        catch (TrackingException e)
        {
            logger.TrackingFailed(e.Message);
            return null;
        }
    }

    /// <inheritdoc />
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        Import(new(home, services.Store), CancellationToken.None);
        if (shipper is not null)
            await shipper.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        var importer = new JournalImporter(home, services.Store);
        var caughtUp = false;
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                shipper ??= options.Mlflow is { } server ? OutboxShipper.Start(home.StateDatabase, server) : null;
                // What a server that died left behind.
                if (!caughtUp)
                    Log(importer.ImportAll(stoppingToken));
                caughtUp = true;
            }
            catch (Exception e) when (e is TrackingException or IOException or InvalidDataException or UnauthorizedAccessException)
            {
                logger.TrackingFailed(e.Message);
            }

            Import(importer, stoppingToken);
        }
    }

    private void Import(JournalImporter importer, CancellationToken cancellationToken)
    {
        foreach (var runId in grown.Keys)
        {
            grown.TryRemove(runId, out _);
            try
            {
                Log(importer.Import(runId, cancellationToken));
                shipper?.Notify();
            }
            catch (Exception e) when (e is TrackingException or IOException or InvalidDataException or UnauthorizedAccessException)
            {
                grown[runId] = true;
                logger.TrackingFailed(e.Message);
            }
        }
    }

    private void Log(IReadOnlyList<string> problems)
    {
        foreach (var problem in problems)
            logger.TrackingFailed(problem);
    }

    private sealed class Note(RunTracking tracking, string runId) : IRunObserver
    {
        public void OnEvent(RunEvent runEvent)
        {
            if (runEvent is not StageProgressed)
                tracking.grown[runId] = true;
        }
    }
}
