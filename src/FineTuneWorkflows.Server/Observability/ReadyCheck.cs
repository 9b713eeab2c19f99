using FineTuneWorkflows.Server.Data;
using FineTuneWorkflows.Server.Jobs;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Quartz;

namespace FineTuneWorkflows.Server.Observability;

/// <summary>Ready: what a crash left open is reconciled, the tables answer, the queue runs.</summary>
internal sealed class ReadyCheck(StageReconciliation reconciliation, ServerDatabase database, ISchedulerFactory schedulers) : IHealthCheck
{
    /// <summary>Its tag.</summary>
    public const string Tag = "ready";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!reconciliation.IsDone)
            return HealthCheckResult.Unhealthy("starting");
        await database.QueryAsync("SELECT 1 FROM finetune_secrets", [], _ => 1, cancellationToken).ConfigureAwait(false);
        var scheduler = await schedulers.GetScheduler(cancellationToken).ConfigureAwait(false);
        return scheduler.Status == SchedulerStatus.Running ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("the queue is not running");
    }
}
