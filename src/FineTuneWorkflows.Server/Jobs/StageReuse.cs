using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Server.Observability;

namespace FineTuneWorkflows.Server.Jobs;

/// <summary>
/// Answers for stages whose result is there already, in the workflow's own burst: no queue, no bookmark, no worker. A run in which there is nothing to do takes one burst.
/// </summary>
internal sealed class StageReuse(StageCatalog catalog, Engine engine, StageJobStore jobs, RunSessions sessions, ILogger<StageReuse> logger)
{
    // The burst holds its instance's lock, and an instance that is silent for long counts as interrupted. Files whose digests are known take milliseconds.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The result of a stage that is up to date, kept as that of a job; null where a worker has to look.</summary>
    public async Task<StageJobResult?> TryAsync(StageJobRequest job, Stage stage, CancellationToken cancellationToken)
    {
        using var scope = StageScope.Enter(job);
        // While the home is being cleaned nothing in it is sure; the worker waits for that.
        using var entry = engine.Home.TryEnter();
        if (entry is null)
            return null;
        var request = job.ToStageRequest(new(job.Stage, catalog.Find(job.StageType)!, stage), engine.Artifacts);
        if (await engine.Executor.TryReuseAsync(request, Patience, cancellationToken).ConfigureAwait(false) is not { } found)
            return null;

        using var activity = Telemetry.StartStage(job);
        try
        {
            await using var session = sessions.Open(job, null);
            session.Run.Finished(request, found);
        }
        catch (IOException e)
        {
            // Another server has the run's journal open for a stage beside this one, or the disk is full: a worker's turn, which is tried again.
            logger.StageReuseFailed(job.Stage, e.Message);
            return null;
        }

        var result = StageJobResult.Of(found, stage);
        await jobs.AddDoneAsync(job, result, cancellationToken).ConfigureAwait(false);
        Telemetry.Finished(activity, job, found);
        logger.StageFinished(job.Stage, result.Outcome.Name(), result.Reason, result.Seconds);
        return result;
    }
}
