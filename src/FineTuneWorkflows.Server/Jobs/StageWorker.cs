using System.Collections.Concurrent;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Server.Hosting;
using FineTuneWorkflows.Server.Observability;

namespace FineTuneWorkflows.Server.Jobs;

/// <summary>Executes stage jobs: takes one, runs its stage through the stage engine, keeps the result and tells the workflow instance.</summary>
internal sealed class StageWorker(
    StageCatalog catalog, Engine engine, StageJobStore jobs, RunSessions sessions, StageDelivery delivery, StageJournal journal, ServerOptions options, IHostApplicationLifetime lifetime,
    ILogger<StageWorker> logger)
{
    /// <summary>A job whose worker died so often is not tried again: it is probably the reason.</summary>
    internal const int MostCrashes = 5;

    private readonly ConcurrentDictionary<string, CancellationTokenSource> running = new(StringComparer.Ordinal);

    /// <summary>Runs a job, unless it is done with.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="stopping">The server stops: the job goes back into the queue.</param>
    public async Task RunAsync(string jobId, CancellationToken stopping)
    {
        if (await jobs.ClaimAsync(jobId, stopping).ConfigureAwait(false) is not { } job)
        {
            // Perhaps only the last step was missing.
            await delivery.DeliverAsync(jobId, CancellationToken.None).ConfigureAwait(false);
            return;
        }

        var request = job.Request;
        using var scope = StageScope.Enter(request);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(stopping, lifetime.ApplicationStopping);
        running[jobId] = cancellation;
        try
        {
            var result = await ExecuteAsync(job, cancellation).ConfigureAwait(false);
            if (result.Outcome == StageOutcome.Cancelled && (stopping.IsCancellationRequested || lifetime.ApplicationStopping.IsCancellationRequested) && !await jobs.IsCancelledAsync(jobId, CancellationToken.None).ConfigureAwait(false))
            {
                await jobs.ReleaseAsync(jobId, job.Token, CancellationToken.None).ConfigureAwait(false);
                logger.StageReleased(request.Stage);
                return;
            }

            if (!await jobs.FinishAsync(jobId, job.Token, result, CancellationToken.None).ConfigureAwait(false))
            {
                logger.StageFenced(request.Stage);
                return;
            }

            logger.StageFinished(request.Stage, result.Outcome.Name(), result.Reason, result.Seconds);
        }
        finally
        {
            running.TryRemove(jobId, out _);
        }

        await delivery.DeliverAsync(jobId, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Stops the jobs of a cancelled instance at their next whole step.</summary>
    public async Task CancelAsync(string instanceId, CancellationToken cancellationToken)
    {
        foreach (var id in await jobs.CancelAsync(instanceId, cancellationToken).ConfigureAwait(false))
            if (running.TryGetValue(id, out var source))
                await source.CancelAsync().ConfigureAwait(false);
    }

    private async Task<StageJobResult> ExecuteAsync(StageJob job, CancellationTokenSource cancellation)
    {
        var request = job.Request;
        var descriptor = catalog.Find(request.StageType) ?? throw new InvalidOperationException($"There is no stage type {request.StageType}.");
        var stage = StageBinding.Bind(descriptor, request.Parameters.ToDictionary(p => p.Key, p => (object?)p.Value), request.DefinitionName, request.Stage);
        if (job.Crashes >= MostCrashes)
            return StageJobResult.Without(
                StageOutcome.Failed, $"the server died {job.Crashes} times while it ran this stage; the stage is probably the reason, for instance by its need of memory", stage.Condition, stage.ContinueOnError);

        using var activity = Telemetry.StartStage(request);
        using var entry = await engine.Home.EnterAsync(TimeSpan.FromMinutes(1), cancellation.Token).ConfigureAwait(false);
        using var watch = new CancellationWatch(jobs, request.JobId, cancellation);
        await using var session = sessions.Open(request, new StageObserver(request, job.Token, jobs, journal, options));
        logger.StageStarting(request.Stage, request.RunId, job.Token);
        var result = await session.Run.ExecuteAsync(
            engine.Executor,
            request.ToStageRequest(new(request.Stage, descriptor, stage), engine.Artifacts) with { Fence = () => jobs.Fence(request.JobId, job.Token) },
            cancellation.Token).ConfigureAwait(false);
        Telemetry.Finished(activity, request, result);
        return StageJobResult.Of(result, stage);
    }
}
