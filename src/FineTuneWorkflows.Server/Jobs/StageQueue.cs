using FineTuneWorkflows.Server.Hosting;
using Quartz;

namespace FineTuneWorkflows.Server.Jobs;

/// <summary>
/// The durable queue of stage jobs. Quartz decides when a job runs, in the order of their <see cref="StageTurn"/>s within the limits of its group; a job whose process died runs again. What became of a
/// job is in the <see cref="StageJobStore"/>.
/// </summary>
internal sealed class StageQueue(StageJobStore jobs, ISchedulerFactory schedulers)
{
    /// <summary>The execution group of long stages that need no GPU.</summary>
    public const string Cpu = "cpu";

    /// <summary>The execution group of short stages that need no GPU: what trains does not hold them up.</summary>
    public const string Short = "short";

    /// <summary>The execution group of stages that hold a GPU.</summary>
    public const string Gpu = "gpu";

    private const string Group = "stages";

    /// <summary>The queue's own name in the job store.</summary>
    public const string SchedulerName = "finetune";

    public static string JobId(IJobExecutionContext context) => context.JobDetail.Key.Name;

    /// <summary>Adds a job; one that is there already is left alone.</summary>
    public async Task EnqueueAsync(StageJobRequest request, CancellationToken cancellationToken)
    {
        await jobs.AddAsync(request, cancellationToken).ConfigureAwait(false);
        await ScheduleAsync(request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes sure that the queue knows a job.</summary>
    public async Task ScheduleAsync(StageJobRequest request, CancellationToken cancellationToken)
    {
        var scheduler = await schedulers.GetScheduler(cancellationToken).ConfigureAwait(false);
        var key = new JobKey(request.JobId, Group);
        if (await scheduler.GetJobDetail(key, cancellationToken).ConfigureAwait(false) is not null)
            return;
        var detail = JobBuilder.Create<StageQueueJob>().WithIdentity(key).RequestRecovery().Build();
        var trigger = TriggerBuilder.Create()
            .WithIdentity(request.JobId, Group)
            .WithExecutionGroup(request.Resource)
            // Quartz takes the trigger whose time is the longest past, however long it has waited.
            .WithSimpleSchedule(schedule => schedule.WithMisfireInstruction(SimpleTriggerMisfireInstruction.IgnoreMisfires))
            .StartAt(request.Turn ?? DateTimeOffset.UnixEpoch)
            .Build();
        await scheduler.ScheduleJob(detail, trigger, cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    public static void Configure(IQuartzBuilder quartz, ServerOptions options)
    {
        quartz.ConfigureScheduler(scheduler =>
        {
            scheduler.InstanceName = SchedulerName;
            // Another id than before the crash would leave the jobs of the dead process to nobody.
            scheduler.InstanceId = options.NodeId;
            scheduler.GenerateInstanceId = false;
            scheduler.IdleWaitTime = TimeSpan.FromSeconds(1);
            scheduler.ShutdownJobInterruption = ShutdownJobInterruption.Always;
        });
        quartz.UseDefaultThreadPool(options.CpuJobs + options.GpuJobs + options.ShortJobs);
        quartz.UseExecutionLimits(limits =>
        {
            limits.ForGroup(Cpu, options.CpuJobs);
            limits.ForGroup(Gpu, options.GpuJobs);
            limits.ForGroup(Short, options.ShortJobs);
        });
        quartz.UsePersistentStore(store =>
        {
            store.ProvisionSchema();
            store.ConfigureStore(ado => ado.RecoverFiringsCancelledByShutdown = true);
            if (options.PostgreSql is { } connection)
            {
                store.UsePostgres(connection);
                store.UseClustering(cluster =>
                {
                    cluster.CheckinInterval = TimeSpan.FromSeconds(2);
                    cluster.CheckinMisfireThreshold = TimeSpan.FromSeconds(2);
                });
            }
            else
                store.UseSqlite($"Data Source={options.QueueFile};Default Timeout=30");
        });
    }
}
