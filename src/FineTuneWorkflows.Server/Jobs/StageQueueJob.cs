using Quartz;

namespace FineTuneWorkflows.Server.Jobs;

/// <summary>What the queue runs: hands the job to the worker.</summary>
internal sealed class StageQueueJob(StageWorker worker) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await worker.RunAsync(StageQueue.JobId(context), cancellationToken).ConfigureAwait(false);
}
